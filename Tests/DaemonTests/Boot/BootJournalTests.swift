// The journal as an operator asks it: by kinds and fields, and with what to do about it.

import AppwriteSimulator
import Foundation
import Harness
import Testing

extension BootTests {
    /// Ids never change: these stand here as an operator has them in a script.
    private static let found = "MESSAGE_ID=e2b5d2ae528941bba9b9f664f80b1fe5"
    private static let needsLogin = "MESSAGE_ID=2bd202b060b84ae9bfde23d78c73b45c"

    @Test("queries by kind and field give exactly the events that happened, and -x shows what to do about them")
    func queries() async throws {
        try await Station.with { station in
            // Given two sessions that are found, of which one needs a login
            let logins = [try await station.simulator.logIn("anna"), try await station.simulator.logIn("ben")]
            try await station.simulator.spoil(
                logins[1], ["answer": "refuses", "status": 400, "error": "invalid_grant"])
            try await station.machine.succeed("systemctl", "start", "refreshd")
            for login in logins { try await station.untilServed(login.userId) }
            try await station.control("POST", "/v1/sessions/main/\(logins[1].sessionId)/refresh?max_wait=60")
            try await eventually("the event") { try await !station.journal(Self.needsLogin).isEmpty }

            // Then the journal has each of them once, with what it is about
            let found = try await station.journal(Self.found)
            #expect(Set(found.map { $0["REFRESHD_SESSION_ID"]?.text }) == Set(logins.map(\.sessionId)))
            #expect(found.count == 2)
            #expect(found.allSatisfy { $0["PRIORITY"]?.text == "6" && $0["REFRESHD_PROVIDER"]?.text == "google" })
            let needing = try await station.journal(Self.needsLogin)
            #expect(needing.map { $0["REFRESHD_USER_ID"]?.text } == ["ben"])
            #expect(needing.map { $0["PRIORITY"]?.text } == ["4"])
            let ben = try await station.journal("REFRESHD_USER_ID=ben").map { $0["REFRESHD_EVENT"]?.text }
            #expect(ben == ["session-found", "tokens-read", "needs-login"])

            // and the catalog that came with the package explains it
            let explained = try await station.machine.succeed("journalctl", "--no-pager", "-x", Self.needsLogin)
            #expect(explained.contains("Let the app ask the user to log in again."))
            #expect(explained.contains("main/\(logins[1].sessionId)"))
            #expect(!explained.contains("@REFRESHD_"))
        }
    }
}
