// Answers that are no answers: pages of proxies, halves of bodies, JSON of another shape. None is believed.

import Foundation
import RefreshPolicy
import Testing

@testable import Appwrite

@Suite("Answers of no form that Appwrite uses") struct BodyTests {
    @Test(
        "They are not understood, under any status",
        arguments: [
            "", " ", "<!DOCTYPE html><html><body>Sign in to the hotel's network</body></html>", "null", "[]", "42",
            "{}", "\"text\"", #"{"message":"Bad Gateway"}"#, #"{"message":"m","code":502}"#,
            #"{"message":"m","code":"500","type":"general_unknown"}"#,
            // The code is not the status: a proxy's status over Appwrite's body, or the other way.
            #"{"message":"m","code":999,"type":"general_unknown"}"#, "\u{0}\u{1}\u{2}",
        ])
    func notUnderstood(body: String) {
        for status in [200, 201, 204, 206, 301, 302, 304, 307, 308, 400, 401, 403, 404, 413, 500, 502, 503, 504] {
            let answer = RawAnswer(status: status, body: body)
            for question in Question.allCases {
                #expect(answer.failure(of: question) == .silent(.notUnderstood), "\(status) \(question)")
            }
            #expect(answer.refreshed == .lost(.notUnderstood))
        }
    }

    @Test("A session under another status than 200 is no session", arguments: [201, 202, 203, 206, 301, 404, 500])
    func otherStatus(status: Int) {
        #expect(RawAnswer(status: status, body: .session()).refreshed == .lost(.notUnderstood))
    }

    @Test("An error of a server in development mode, which says where it was thrown, means what it means anywhere")
    func developmentMode() {
        let body = #"""
            {"message":"The current user has been blocked.","code":403,"file":"/usr/src/code/app/controllers/general.php",
            "line":42,"trace":[{"file":"/usr/src/code/app/http.php","line":7,"args":[null,{}]}],"type":"user_blocked",
            "version":"1.9.6"}
            """#
        #expect(RawAnswer(status: 403, body: body).refreshed == .refused(.userBlocked))
    }

    @Test("A 429 of a proxy says nothing of Appwrite's own limit: the proxy fails, for now")
    func proxyLimit() {
        let answer = RawAnswer(status: 429, body: "<html>Too many requests</html>")
        #expect(answer.refreshed == .refused(.serverFailed(status: 429)))
        for question in Question.allCases {
            #expect(answer.failure(of: question) == .refused(.serverFailed(status: 429)))
        }
    }

    @Test("A 429 with Appwrite's rate headers is Appwrite's, whatever a proxy made of its body")
    func limitWithoutBody() {
        let rate = [("X-RateLimit-Limit", "10"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795471200")]
        let answer = RawAnswer(status: 429, fields: rate, body: "")
        #expect(answer.refreshed == .refused(.rateLimited))
        // Only refreshes have a budget.
        #expect(answer.failure(of: .listSessions) == .refused(.serverFailed(status: 429)))
    }

    @Test("A body cut at any byte is not understood")
    func truncated() throws {
        let whole = Data(String.session().utf8)
        #expect(throws: Never.self) { try RawAnswer(status: 200, body: whole).session(asked: .refreshSession) }
        for count in 0..<whole.count {
            #expect(RawAnswer(status: 200, body: whole.prefix(count)).refreshed == .lost(.notUnderstood))
        }
        let error = Data(#"{"message":"m","code":400,"type":"user_oauth2_bad_request"}"#.utf8)
        for count in 0..<error.count {
            #expect(RawAnswer(status: 400, body: error.prefix(count)).refreshed == .lost(.notUnderstood))
        }
    }

    @Test(
        "A session with one field missing or wrong is not understood",
        arguments: [
            ("$id", "current"), ("$id", "a/../b"), ("$id", ""), ("userId", ""), ("userId", "a b"), ("provider", ""),
            ("provider", "goo\ngle"), ("$createdAt", ""), ("$createdAt", "yesterday"), ("$updatedAt", "2026-02-30"),
            ("expire", ""), ("expire", "0000-00-00 00:00:00.000"), ("providerAccessTokenExpiry", "soon"),
            ("providerAccessToken", nil), ("providerRefreshToken", nil), ("providerUid", nil), ("userId", nil),
        ] as [(String, String?)])
    func wrongField(name: String, value: String?) throws {
        let body = String.session(replacing: name, by: value)
        #expect(RawAnswer(status: 200, body: body).refreshed == .lost(.notUnderstood))
    }

    @Test("Law 2: an empty token is no token, and an empty expiry none")
    func emptyToken() throws {
        let wiped = RawAnswer(status: 200, body: .session(replacing: "providerAccessToken", by: ""))
        #expect(try wiped.session(asked: .refreshSession).token == nil)
        let endless = RawAnswer(status: 200, body: .session(replacing: "providerAccessTokenExpiry", by: ""))
        #expect(try endless.session(asked: .refreshSession).tokenExpiresAt == nil)
    }
}

@Suite("Listings of a user's sessions, where absence is proof") struct ListingTests {
    private let user = UserID("u1")

    @Test("One unreadable session makes the whole listing not understood: it must not pass for ended")
    func unreadable() throws {
        let user = try #require(user)
        let good = String.session(user: "u1")
        #expect(try listing(2, [good, good]).sessions(of: user).count == 2)
        let bad = String.session(user: "u1", replacing: "expire", by: "never")
        #expect(throws: CallFailure.silent(.notUnderstood)) { try listing(2, [good, bad]).sessions(of: user) }
        #expect(throws: CallFailure.silent(.notUnderstood)) { try listing(2, [good, "{}"]).sessions(of: user) }
    }

    @Test("A listing with fewer sessions than it counts is a page of one, and proves nothing")
    func paged() throws {
        let user = try #require(user)
        #expect(throws: CallFailure.silent(.notUnderstood)) {
            try listing(3, [String.session(user: "u1")]).sessions(of: user)
        }
    }

    @Test("A listing with another user's session is not the one asked for")
    func foreign() throws {
        let user = try #require(user)
        #expect(throws: CallFailure.silent(.notUnderstood)) {
            try listing(1, [String.session(user: "u2")]).sessions(of: user)
        }
    }

    @Test("An empty listing is a whole one")
    func empty() throws {
        #expect(try listing(0, []).sessions(of: try #require(user)).isEmpty)
    }

    private func listing(_ total: Int, _ sessions: [String]) -> RawAnswer {
        RawAnswer(status: 200, body: #"{"total":\#(total),"sessions":[\#(sessions.joined(separator: ","))]}"#)
    }
}

extension RawAnswer {
    /// How asking so ends, as what it is not.
    fileprivate func failure(of question: Question) -> CallFailure? {
        do throws(CallFailure) {
            guard let user = UserID("u1"), let session = SessionID("s1") else { return nil }
            switch question {
            case .readSession, .refreshSession: _ = try self.session(asked: question)
            case .listSessions: _ = try sessions(of: user)
            case .listUsers: _ = try users(pageSize: 100)
            case .listIdentities:
                _ = try identities(from: .from(ServerTime(milliseconds: 0)), pageSize: 100)
            case .mintToken: _ = try token(for: session, of: user)
            }
            return nil
        } catch {
            return error
        }
    }
}
