// An answer as it came, before anything in it is believed; and what its headers say.

import Foundation
import RefreshPolicy

/// Status, headers and whole body.
struct RawAnswer: Sendable {
    var status: Int
    var fields: HeaderFields
    var body: Data
}

/// Header fields, their values as they came. Names are compared without case: Appwrite's differ from one version to the
/// next.
struct HeaderFields: Sendable {
    private let fields: [(name: String, value: String)]

    init(_ fields: [(name: String, value: String)]) {
        self.fields = fields.map { ($0.name.lowercased(), $0.value) }
    }

    /// The value of a field; nil where it is absent, or there more than once and so not to be believed.
    subscript(name: String) -> String? {
        let name = name.lowercased()
        let values = fields.filter { $0.name == name }
        return values.count == 1 ? values.first?.value : nil
    }

    func headers(sentAt: WallTime, receivedAt: WallTime) -> AnswerHeaders {
        AnswerHeaders(
            date: self["Date"].flatMap { ServerTime(httpDate: $0) }, rate: rate, retryAfter: retryAfter,
            sentAt: sentAt, receivedAt: receivedAt)
    }

    /// All three, each within what can be meant, or none. `Reset` is a Unix second.
    var rate: RateHeaders? {
        guard let limit = number("X-RateLimit-Limit", in: 1...1_000_000),
            let remaining = number("X-RateLimit-Remaining", in: 0...limit),
            let reset = number("X-RateLimit-Reset", in: Self.seconds2000...Self.seconds2200)
        else { return nil }
        return RateHeaders(limit: limit, remaining: remaining, reset: ServerTime(milliseconds: Int64(reset) * 1000))
    }

    /// In seconds, up to a week; its other form, a date, is not read.
    private var retryAfter: Duration? {
        number("Retry-After", in: 0...604_800).map { .seconds($0) }
    }

    private static let seconds2000 = 946_684_800
    private static let seconds2200 = 7_258_118_400

    private func number(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = self[name], text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), range.contains(number)
        else { return nil }
        return number
    }
}
