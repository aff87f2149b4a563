// An answer is understood as what was asked for, or not at all: nothing half-read gets through, no token is empty, and
// nothing enters a URL or a header that does not belong there.

import Foundation
import RefreshEngine
import RefreshPolicy

@testable import Appwrite

/// What was asked and what came, as text: `CALL STATUS`, header fields, an empty line, the body.
private struct Exchange {
    let call: String
    let answer: RawAnswer

    init?(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        let head = lines.prefix { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
        let words = (head.first ?? "").split(separator: " ")
        guard words.count == 2, let status = Int(words[1]) else { return nil }
        call = String(words[0])
        let fields = head.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (
                name: String(line[..<colon]), value: line[colon...].dropFirst().trimmingCharacters(in: .whitespaces)
            )
        }
        let body = lines.dropFirst(head.count + 1).joined(separator: [0x0A])
        answer = RawAnswer(status: status, fields: HeaderFields(fields), body: Data(body))
    }
}

func checkAnswer(_ bytes: [UInt8]) throws(Breach) {
    guard let exchange = Exchange(bytes), let user = UserID("6b04b0429598"), let session = SessionID("s1") else {
        return
    }
    var isUnderstood = false
    do {
        try exchange.read(user, session)
        isUnderstood = true
    } catch let breach as Breach {
        throw breach
    } catch {
        // Refused, or not understood: nothing is believed.
    }
    let answer = exchange.answer
    try require(!isUnderstood || [200, 201].contains(answer.status), "a failure is believed: \(answer.status)")
    try checkHeaders(answer)
}

extension Exchange {
    /// Throws `CallFailure` where the answer is not what was asked for.
    fileprivate func read(_ user: UserID, _ session: SessionID) throws {
        switch call {
        case "session": try checkFacts(try answer.session(asked: .readSession))
        case "sessions":
            for facts in try answer.sessions(of: user) {
                try checkFacts(facts)
                try require(facts.user == user, "a session of somebody else is in the list")
            }
        case "identities":
            let start = IdentityCursor.from(ServerTime(milliseconds: 0))
            let page = try answer.identities(from: start, pageSize: 2)
            try require((page.next == nil) == (page.entries.count < 2), "the pages do not end where the last one does")
            if let next = page.next {
                try require(IdentityCursor(next.text) == next, "a cursor that cannot be read again: \(next.text)")
            }
        case "users":
            let page = try answer.users(pageSize: 2)
            try require((page.next == nil) == (page.users.count < 2), "the pages do not end where the last one does")
        case "token":
            let token = try answer.token(for: session, of: user)
            try require(token.fitsHeader, "a token that would be no header")
            try require(TokenClaims(of: token.reveal())?.sessionId == session.rawValue, "a token of another session")
        case "refresh":
            switch answer.refreshed {
            case .session(let facts): try checkFacts(facts)
            case .refused, .lost, .notSent: throw CallFailure.silent(.notUnderstood)
            }
        default: throw CallFailure.silent(.notUnderstood)
        }
    }
}

private func checkFacts(_ facts: SessionFacts) throws(Breach) {
    try require(facts.token?.reveal().isEmpty != true, "an empty token")
    try require(SessionID(facts.session.rawValue) != nil && UserID(facts.user.rawValue) != nil, "an id of no id's form")
    let times = [facts.createdAt, facts.updatedAt, facts.sessionExpiresAt] + [facts.tokenExpiresAt].compactMap { $0 }
    for time in times { try require((0...latest).contains(time.milliseconds), "a time that never is: \(time)") }
}

private func checkHeaders(_ answer: RawAnswer) throws(Breach) {
    let now = WallTime(milliseconds: 0)
    let headers = answer.fields.headers(sentAt: now, receivedAt: now)
    if let rate = headers.rate {
        try require((0...rate.limit).contains(rate.remaining), "more calls are left than there are: \(rate)")
        try require(rate.reset.milliseconds > 0, "a window that ends before it begins: \(rate)")
    }
    if let wait = headers.retryAfter {
        try require(wait >= .zero && wait <= .seconds(604_800), "an absurd wait: \(wait)")
    }
}

/// The last millisecond of the year 9999.
let latest: Int64 = 253_402_300_799_999
