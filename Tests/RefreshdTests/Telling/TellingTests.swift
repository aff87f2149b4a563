// Every event in words and fields: readable, searchable, and without a secret.

import RefreshEngine
import RefreshPolicy
import Testing

@testable import Refreshd

@Suite("What the log says")
struct TellingTests {
    private static let canary = Sample.canary
    private static let secret = Sample.secret("secret-\(canary)")

    static let row = SessionRow(
        key: SessionKey(project: Sample.id("main"), session: Sample.id("s1")), user: Sample.id("anna"),
        provider: Sample.id("google"), providerUID: canary, source: .secret, keep: .always,
        secret: secret,
        token: Token(
            value: secret, issuedAt: WallTime(milliseconds: 0), expiresAt: WallTime(milliseconds: 3_600_000)),
        next: Token(value: secret, issuedAt: WallTime(milliseconds: 0), expiresAt: nil), hasRefreshToken: true,
        sessionExpiresAt: WallTime(milliseconds: 86_400_000), createdAt: WallTime(milliseconds: 0),
        foundAt: WallTime(milliseconds: 0), lookedAt: WallTime(milliseconds: 0),
        verdict: .failing(failures: 1, retryAt: WallTime(milliseconds: 60_000)),
        reason: Reason(.providerRefused, oauthError: .invalidGrant), wakeAt: WallTime(milliseconds: 60_000))

    static let reports: [Report] = {
        let time = WallTime(milliseconds: 7_200_000)
        let notices: [Notice] = [
            .found(row), .registered(row), .renewed(row, CallsLeft(remaining: 4, resetAt: time)), .renewed(row, nil),
            .settled(row), .adopted(row), .failed(row), .needsLogin(row),
            .recovered(row), .ended(row), .inDoubt(row), .sessionShortened(row, from: time), .removed(row.key),
            .forgotten(row.key.project, sessions: 2, .wished), .forgotten(row.key.project, sessions: 1, .userGone),
            .budgetSpent(HostName("cloud.example"), until: time), .unmetered(row.key.project),
            .metered(row.key.project), .condition(.began(Sample.condition(.providerFailing))),
            .clockStepped(.seconds(3600)), .timePassed(.seconds(3600)),
        ]
        return notices.map { .decision($0) } + [
            .storeFailed(.unavailable("disk full")), .storeRecovered,
        ]
    }()

    @Test("is one readable line with a kind of its own, and shows no secret (law 7)", arguments: reports)
    func line(report: Report) {
        let telling = Telling(report)
        #expect(telling.kind != nil)
        #expect(telling.breaches == [], "fields that the manual does not promise, or promises in vain")
        #expect(!telling.message.isEmpty && !telling.message.contains("\n"))
        #expect(!telling.message.contains(Self.canary))
        #expect(telling.fields.allSatisfy { !$0.value.contains(Self.canary) })
    }

    @Test("of what a log could not take is documented too")
    func lost() {
        #expect(Telling.lost(1).breaches == [])
        #expect(Telling.lost(1).message == "1 entry of this log is lost: whoever takes them was away or too slow")
    }

    @Test("of a session can be searched for by its ids")
    func fields() {
        let calls = CallsLeft(remaining: 4, resetAt: WallTime(milliseconds: 7_200_000))
        let telling = Telling(.decision(.renewed(Self.row, calls)))
        let fields = Dictionary(uniqueKeysWithValues: telling.fields.map { ($0.name.rawValue, $0.value) })
        #expect(
            fields == [
                "REFRESHD_EVENT": "session-renewed", "REFRESHD_PROJECT": "main", "REFRESHD_SESSION_ID": "s1",
                "REFRESHD_USER_ID": "anna",
                "REFRESHD_PROVIDER": "google", "REFRESHD_STANDING": "fresh",
                "REFRESHD_OUTCOME": "renewed", "REFRESHD_REASON": "provider refused the refresh",
                "REFRESHD_OAUTH_ERROR": "invalid_grant", "REFRESHD_EXPIRES_AT": "1970-01-01T01:00:00.000Z",
                "REFRESHD_SESSION_EXPIRES_AT": "1970-01-02T00:00:00.000Z", "REFRESHD_BUDGET_REMAINING": "4",
                "REFRESHD_BUDGET_RESET_AT": "1970-01-01T02:00:00.000Z",
            ])
    }

    @Test("of a user who must log in again says so as a warning, and that the old token is served on")
    func needsLogin() {
        let telling = Telling(.decision(.needsLogin(Self.row)))
        #expect(telling.priority == .warning)
        #expect(
            telling.message == """
                main/s1 (google, user anna): the user must log in again: provider refused the refresh (invalid_grant); \
                the old token is served until 1970-01-01 01:00:00 UTC
                """)
    }
}
