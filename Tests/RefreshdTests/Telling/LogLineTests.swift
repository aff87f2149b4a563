// The lines that stand in for the journal: JSON for programs, text for people.

import Foundation
import RefreshPolicy
import Testing

@testable import Refreshd

@Suite("A line of the log")
struct LogLineTests {
    @Test("is a JSON object with the journal's fields in lower case, numbers as numbers, times of UTC")
    func json() throws {
        let telling = Telling(
            .decision(.renewed(TellingTests.row, CallsLeft(remaining: 4, resetAt: WallTime(milliseconds: 7_200_000)))))
        let line = LogLine.json(telling, at: Sample.now)

        #expect(line.hasPrefix(#"{"time":"2026-11-24T02:03:04.005Z","level":"info","priority":6,"message":"main/s1 "#))
        #expect(line.hasSuffix("}\n") && line.split(separator: "\n").count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? NSDictionary
        let expected: NSDictionary = [
            "time": "2026-11-24T02:03:04.005Z", "level": "info", "priority": 6, "message": telling.message,
            "message_id": "c7ee397e07c14db38ba527ea25a45318", "refreshd_event": "session-renewed",
            "refreshd_project": "main", "refreshd_session_id": "s1", "refreshd_user_id": "anna",
            "refreshd_provider": "google", "refreshd_standing": "fresh", "refreshd_outcome": "renewed",
            "refreshd_reason": "provider refused the refresh", "refreshd_oauth_error": "invalid_grant",
            "refreshd_expires_at": "1970-01-01T01:00:00.000Z",
            "refreshd_session_expires_at": "1970-01-02T00:00:00.000Z", "refreshd_budget_remaining": 4,
            "refreshd_budget_reset_at": "1970-01-01T02:00:00.000Z",
        ]
        #expect(object == expected)
    }

    @Test("stays one line, whatever stands in it")
    func hostile() throws {
        let words = "a \"quoted\"\nline\u{0} with \u{1B}[2J \\ and \u{2028}"
        let line = LogLine.json(Telling(ofLibrary: .warning, words), at: Sample.now)
        #expect(!line.dropLast().contains { $0.isNewline && $0 != "\u{2028}" } && !line.contains("\u{1B}"))
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["message"] as? String == words)
        #expect(object?["message_id"] == nil, "what a library says has none")
    }

    @Test("is time, priority and words for people")
    func text() {
        let line = LogLine.text(Telling(.store(.recovered), "the store works again"), at: Sample.now)
        #expect(line == "2026-11-24T02:03:04.005Z notice the store works again\n")
    }
}
