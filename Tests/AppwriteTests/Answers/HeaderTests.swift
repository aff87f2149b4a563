// What the headers of an answer say, where they make sense.

import RefreshPolicy
import Testing

@testable import Appwrite

@Suite("Headers of answers") struct HeaderTests {
    @Test("Rate headers are found in any case of their names")
    func anyCase() {
        let headers = read([
            ("x-ratelimit-limit", "10"), ("X-RATELIMIT-REMAINING", "7"), ("X-RateLimit-Reset", "1795471200"),
        ])
        #expect(
            headers.rate
                == RateHeaders(limit: 10, remaining: 7, reset: ServerTime(milliseconds: 1_795_471_200_000)))
    }

    @Test(
        "All three make sense, or none is believed",
        arguments: [
            ("10", "7", nil), ("10", nil, "1795471200"), (nil, "7", "1795471200"), ("0", "0", "1795471200"),
            ("10", "11", "1795471200"), ("10", "-1", "1795471200"), ("10", "7", "60"), ("10", "7", "17954712000000"),
            ("ten", "7", "1795471200"), ("10", "7.0", "1795471200"), ("10", "", "1795471200"),
            ("10", "+7", "1795471200"), ("99999999999999999999", "7", "1795471200"), ("10, 10", "7", "1795471200"),
        ] as [(String?, String?, String?)])
    func senseless(limit: String?, remaining: String?, reset: String?) {
        var fields: [(String, String)] = []
        if let limit { fields.append(("X-Ratelimit-Limit", limit)) }
        if let remaining { fields.append(("X-Ratelimit-Remaining", remaining)) }
        if let reset { fields.append(("X-Ratelimit-Reset", reset)) }
        #expect(read(fields).rate == nil)
    }

    @Test("A field that is there twice is not believed")
    func twice() {
        let date = "Mon, 23 Nov 2026 21:29:38 GMT"
        #expect(read([("Date", date)]).date != nil)
        #expect(read([("Date", date), ("date", date)]).date == nil)
    }

    @Test(
        "Retry-After is read in seconds, up to a week",
        arguments: [
            ("0", .zero), ("120", .seconds(120)), ("604800", .seconds(604_800)), ("604801", nil), ("-1", nil),
            ("Mon, 23 Nov 2026 21:29:38 GMT", nil), ("", nil),
        ] as [(String, Duration?)])
    func retryAfter(text: String, wait: Duration?) {
        #expect(read([("Retry-After", text)]).retryAfter == wait)
    }

    private func read(_ fields: [(String, String)]) -> AnswerHeaders {
        HeaderFields(fields).headers(sentAt: .start, receivedAt: .start)
    }
}
