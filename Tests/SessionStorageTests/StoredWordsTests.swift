// The words that a store is written in, as they are after these migrations.

import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("The words of a store")
struct StoredWordsTests {
    /// A word that is new needs a migration, or an older refreshd stumbles over it instead of refusing the file; and one
    /// that is gone needs a migration that puts another in its place. So where this fails, migrations and words change
    /// together.
    @Test("are these, and a word that is new comes with a migration")
    func words() {
        #expect(
            Schema.migrator.migrations == [
                "1 sessions, demand, budgets", "2 claims, heat, conditions", "3 change of keys",
                "4 what is over wakes to be erased", "4 episodes", "5 obstacles", "6 nothing is paused",
                "7 clocks of hosts", "8 projects behind names",
            ])
        #expect(
            Standing.allCases.map(\.rawValue) == [
                "fresh", "due", "refreshing", "in doubt", "backing off", "needs login", "unexpiring", "unrefreshable",
                "idle", "spare", "ended",
            ])
        #expect(
            Reason.Code.allCases.map(\.rawValue) == [
                "found", "registered", "renewed", "renewed, as a look showed", "renewed by somebody else", "looked at",
                "renewed, lifetime unknown", "refresh sent", "answer lost", "no change seen",
                "answered with an empty token", "answered for another session", "provider refused the refresh",
                "provider refused the project's client id or secret", "provider's own limit reached",
                "provider failed", "provider not supported by this Appwrite", "rate limited", "Appwrite not reached",
                "Appwrite failed", "answer not understood", "API key refused", "service switched off in the project",
                "project unknown", "user blocked", "credential refused", "session gone", "user gone",
                "session expired", "session older than maxSessionAge", "no refresh token", "no provider tokens",
                "not wanted at this time", "another session of the grant is kept",
            ])
        #expect(VerdictWord.allCases.map(\.rawValue) == ["sound", "failing", "suspected", "needs login", "ended"])
        #expect(Source.allCases.map(\.rawValue) == ["apiKey", "secret"])
        #expect(Keep.allCases.map(\.rawValue) == ["used", "always"])
        #expect(Condition.Scope.Word.allCases.map(\.rawValue) == ["host", "project", "lane"])
        #expect(
            Condition.Cause.allCases.map(\.rawValue) == [
                "provider failing", "provider's own limit reached", "provider answers with empty tokens",
                "provider refuses the project's client id or secret", "provider refuses every refresh token",
                "provider not supported by this Appwrite", "Appwrite not reached", "Appwrite failing",
                "answers are not Appwrite's", "API key refused", "API key may not make JWTs", "project unknown",
                "service switched off in the project", "every session secret refused", "calls are counted after all",
                "calls do not suffice", "others use the same limit", "answers without rate limit headers",
            ])
        #expect(
            Obstacle.allCases.map(\.rawValue) == [
                "name not resolved", "connection refused", "host not reached", "no connection in time",
                "certificate not trusted", "certificate of another name", "no TLS spoken there", "proxy not reached",
                "proxy wants a login", "proxy made no connection", "no answer in time", "connection broken off",
            ])
    }
}
