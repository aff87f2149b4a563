// The log on standard error, where there is no journal: events as JSON, and a reader of them that stops nothing.

import AppwriteSimulator
import Foundation
import Glibc
import Harness
import Testing

@Suite("The log on standard error")
struct LogTests {
    @Test("is one JSON object a line, each with its event, id, time and fields; from start to stop")
    func json() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            try await world.daemon.refresh(anna)
            try await eventually("the refresh to be told") {
                try !world.daemon.logLines(with: "session-renewed").isEmpty
            }
            #expect(try await world.daemon.stop() == .exited(0))

            let log = try world.daemon.log
            let events = try log.split(separator: "\n").map { line in
                try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
            }
            // Ten calls in the ten years that a window has here are short, which may be seen in time or not.
            let names = events.compactMap { $0["refreshd_event"] as? String }.filter { $0 != "budget-short" }
            #expect(
                names == ["started", "session-found", "tokens-read", "session-renewed", "stopping", "stopped"],
                "\(log)")
            for event in events {
                #expect((event["message_id"] as? String)?.count == 32)
                #expect((event["time"] as? String)?.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            }
            let renewed = try #require(events.first { $0["refreshd_event"] as? String == "session-renewed" })
            #expect(renewed["refreshd_user_id"] as? String == anna.userId)
            #expect(renewed["refreshd_session_id"] as? String == anna.sessionId)
            #expect(renewed["refreshd_outcome"] as? String == "renewed")
            #expect(renewed["refreshd_budget_remaining"] as? Int == 9)
        }
    }

    @Test("tells a start that failed as an event too, also where the settings cannot be read")
    func failedStart() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            try daemon.write("projects: { main: { endpoint: 7 } }\nlog: { format: text }\n", to: "mistaken.yaml")
            let start = try await daemon.command(["serve", "--config", daemon.folder + "/mistaken.yaml"])
            #expect(start.ending == .exited(78))
            let lines = start.errors.split(separator: "\n")
            #expect(lines.count == 1)
            let event = try JSONSerialization.jsonObject(with: Data(start.errors.utf8)) as? [String: Any]
            #expect(event?["refreshd_event"] as? String == "start-failed")
            #expect(event?["refreshd_exit_status"] as? Int == 78)
            #expect((event?["message"] as? String)?.contains("projects.main.endpoint") ?? false)
        }
    }

    @Test("that nobody reads, or whose reader is gone, stops nothing")
    func unread() async throws {
        try await withWorld { world in
            // Given a log that holds a page, and nobody who reads it
            let path = world.daemon.folder + "/log"
            try #require(mkfifo(path, 0o600) == 0)
            // Whoever looks into the log after a failure is not to wait either.
            defer { unlink(path) }
            let reader = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
            try #require(reader >= 0)
            let setSize: Int32 = 1031  // F_SETPIPE_SZ, which Glibc does not show to Swift.
            #expect(fcntl(reader, setSize, 4096) == 4096)
            try await world.daemon.start()
            let logins = try (0..<20).map { try world.logIn("user-\($0)") }
            for login in logins { try await world.untilServed(login) }
            #expect(isFull(reader))

            // When it is full, all goes on
            try await world.daemon.refresh(logins[0])
            try await eventually("a refresh") { world.currentToken(of: logins[0]) != logins[0].accessToken }
            try await eventually("its token") {
                try await world.daemon.token(of: logins[0])["access_token"] == world.currentToken(of: logins[0])
            }

            // And so when the reader goes away
            close(reader)
            let late = try world.logIn("late")
            try await world.untilServed(late)
            #expect(try await world.daemon.stop() == .exited(0))
        }
    }

    /// Whether a writer would have to wait.
    private func isFull(_ pipe: Int32) -> Bool {
        var look = pollfd(fd: pipe, events: Int16(POLLOUT), revents: 0)
        return poll(&look, 1, 0) == 0
    }
}
