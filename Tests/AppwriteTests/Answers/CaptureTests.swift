// Every recorded exchange with a real Appwrite, decoded: none is passed over in silence.

import Captures
import Foundation
import RefreshPolicy
import Testing

@testable import Appwrite

@Suite("Recorded answers of real servers") struct CaptureTests {
    @Test("Each means what the table says, and each is in the table", arguments: Capture.versions)
    func meanings(version: String) throws {
        let captures = try Capture.all().filter { $0.version == version }
        #expect(captures.count == (version == "1.8.1" ? 188 : 50))
        for capture in captures {
            let expected = CaptureTable.meaning(of: capture.name, version: version)
            #expect(expected != nil, "\(version)/\(capture.name) is not in the table")
            #expect(capture.meaning == expected, "\(version)/\(capture.name)")
        }
        #expect(CaptureTable.names(version).sorted() == captures.map(\.name).sorted())
    }

    @Test("Sessions come out as they stand in the answer")
    func facts() throws {
        var seen = 0
        for capture in try Capture.all() where capture.isOneSession && capture.response.status == 200 {
            let written = try #require(
                JSONSerialization.jsonObject(with: capture.response.body) as? [String: Any], "\(capture.name)")
            let text = written.compactMapValues { $0 as? String }
            let facts = try capture.answer.session(asked: .readSession)
            #expect(facts.session.rawValue == text["$id"])
            #expect(facts.user.rawValue == text["userId"])
            #expect(facts.provider.rawValue == text["provider"])
            #expect(facts.providerUID == text["providerUid"])
            #expect(facts.token?.reveal() ?? "" == text["providerAccessToken"])
            #expect(facts.hasRefreshToken == (text["providerRefreshToken"] != ""))
            #expect(facts.createdAt.iso8601 == text["$createdAt"])
            #expect(facts.updatedAt.iso8601 == text["$updatedAt"])
            // Two forms of one date: as GET writes it, and as PATCH does.
            #expect(facts.sessionExpiresAt.iso8601 == text["expire"].map(asGETWritesIt), "\(capture.name)")
            #expect(facts.tokenExpiresAt?.iso8601 ?? "" == text["providerAccessTokenExpiry"].map(asGETWritesIt))
            seen += 1
        }
        #expect(seen == 90)
    }

    @Test("Whatever was counted has its rate headers read, and whatever has none has none")
    func rates() throws {
        for capture in try Capture.all() {
            let headers = capture.answer.fields.headers(sentAt: .start, receivedAt: .start)
            let reset = capture.response.headers["X-Ratelimit-Reset"].flatMap(Int64.init)
            #expect(headers.rate?.reset.milliseconds == reset.map { $0 * 1000 }, "\(capture.name)")
            #expect(headers.rate.map { "\($0.limit)" } == capture.response.headers["X-Ratelimit-Limit"])
            #expect(headers.rate.map { "\($0.remaining)" } == capture.response.headers["X-Ratelimit-Remaining"])
            #expect(headers.date != nil, "\(capture.name)")
            #expect(headers.retryAfter == nil)
        }
    }

    @Test("What refreshd never asks for passes for no session, whatever its status")
    func notOurs() throws {
        for capture in try Capture.all() where capture.meaning == .notOurs {
            let expected: CallFailure =
                switch (capture.name, capture.version) {
                case ("04e-delete-404", _): .refused(.sessionUnknown)
                // 1.9.6 answers with a page for people.
                case ("05-unknown-route", "1.8.1"), ("05-wrong-method", "1.8.1"): .refused(.callRefused(status: 404))
                default: .silent(.notUnderstood)
                }
            #expect(throws: expected, "\(capture.version)/\(capture.name)") {
                try capture.answer.session(asked: .readSession)
            }
        }
    }

    @Test("A page tells where the next one starts, and a short page is the last")
    func pages() throws {
        let identities = try Capture.load("13h-identities-limit2", version: "1.9.6").answer
        let start = IdentityCursor.from(ServerTime(milliseconds: 0))
        let page = try identities.identities(from: start, pageSize: 2)
        #expect(page.entries.count == 2)
        #expect(page.next == .from(try #require(page.entries.last).updatedAt))
        #expect(try identities.identities(from: start, pageSize: 3).next == nil)

        let users = try Capture.load("06-users-list-limit2", version: "1.8.1").answer
        let userPage = try users.users(pageSize: 2)
        #expect(userPage.users.count == 2)
        #expect(userPage.next == userPage.users.last?.rawValue)
        #expect(try users.users(pageSize: 3).next == nil)
    }

    private func asGETWritesIt(_ date: String) -> String {
        date.contains(" ") ? date.replacing(" ", with: "T") + "+00:00" : date
    }
}

extension Capture {
    var answer: RawAnswer {
        RawAnswer(
            status: response.status, fields: HeaderFields(response.headers.map { ($0.key, $0.value) }),
            body: response.body)
    }

    var isOneSession: Bool { question == .readSession || question == .refreshSession }

    /// What refreshd would ask by this request, whatever the credentials; nil where it never would.
    fileprivate var question: Question? {
        let path = request.path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        switch (request.method, path.count, path.dropFirst().first, path.last) {
        case ("GET", 4, "account", _): return .readSession
        case ("PATCH", 4, "account", _): return .refreshSession
        case ("GET", 4, "users", "sessions"): return .listSessions
        case ("POST", 4, "users", "jwts"): return .mintToken
        case ("GET", 3, "users", "identities"): return .listIdentities
        case ("GET", 2, "users", _): return .listUsers
        default: return nil
        }
    }

    private var namedUser: UserID? {
        UserID(String(request.path.split(separator: "/")[2]))
    }

    /// The session that a JWT was asked for; where no session was named, one that nobody has.
    private var namedSession: SessionID? {
        struct Asked: Decodable { let sessionId: String? }
        let asked = try? JSONDecoder().decode(Asked.self, from: Data((request.body ?? "{}").utf8))
        return SessionID(asked?.sessionId ?? "") ?? SessionID("absent")
    }

    fileprivate var meaning: Meaning {
        guard let question else { return .notOurs }
        do throws(CallFailure) {
            switch question {
            case .readSession, .refreshSession: _ = try answer.session(asked: question)
            case .listSessions:
                guard let namedUser else { return .notOurs }
                _ = try answer.sessions(of: namedUser)
            case .listUsers: _ = try answer.users(pageSize: 100)
            case .listIdentities:
                _ = try answer.identities(from: .from(ServerTime(milliseconds: 0)), pageSize: 100)
            case .mintToken:
                guard let namedUser, let namedSession else { return .notOurs }
                _ = try answer.token(for: namedSession, of: namedUser)
            }
            return .understood
        } catch {
            return .failed(error)
        }
    }
}
