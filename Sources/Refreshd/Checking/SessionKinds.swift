// Sorts sessions by whether they can be refreshed, and why not.

import RefreshPolicy

/// What refreshd can do with a session.
enum Refreshability: Hashable, Sendable {
    case refreshable
    /// Its provider was not asked for offline access, or gives none.
    case noRefreshToken
    /// Its token states no end, and there is no refresh token: it is served while the session lives.
    case unexpiring
    case tokenFlow
    /// Appwrite does not find its own part for the provider.
    case noAdapter
    /// No OAuth provider: e-mail, phone, anonymous and the like.
    case otherLogin
    case ended

    init(_ facts: SessionFacts, as row: SessionRow, at now: WallTime) {
        if row.sessionExpiresAt <= now {
            self = .ended
        } else if !Scheduler.isOAuth(facts) {
            self = .otherLogin
        } else if facts.providerUID.isEmpty && facts.token == nil && !facts.hasRefreshToken {
            self = .tokenFlow
        } else if facts.hasRefreshToken {
            self = facts.provider.rawValue == "wordpress" ? .noAdapter : .refreshable
        } else {
            self = row.token != nil && row.token?.expiresAt == nil ? .unexpiring : .noRefreshToken
        }
    }
}

/// How many sessions there are, by kind and provider.
struct SessionKinds: Hashable, Sendable {
    private(set) var counts: [Refreshability: [ProviderName: Int]] = [:]
    private(set) var users = 0
    /// Whether there are more users than were looked at.
    var isCut = false

    mutating func count(_ kind: Refreshability, of provider: ProviderName) {
        counts[kind, default: [:]][provider, default: 0] += 1
    }

    mutating func countUser() {
        users += 1
    }

    func total(_ kind: Refreshability) -> Int {
        counts[kind]?.values.reduce(0, +) ?? 0
    }

    /// Such as "google 12, spotify 2": the most first.
    private func list(_ kind: Refreshability) -> String {
        let ordered = (counts[kind] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let rest = ordered.count - 8
        return ordered.prefix(8).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            + (rest > 0 ? " and \(rest) more" : "")
    }

    var findings: [Finding] {
        var findings = [summary]
        for (provider, count) in (counts[.noRefreshToken] ?? [:]).sorted(by: { $0.key < $1.key }) {
            let found =
                "\(Self.sessions(count)) of \(provider) cannot be refreshed: no refresh token came with the login"
            findings.append(.hint(.sessions, found, ProviderAdvice.offlineAccess(at: provider)))
        }
        if total(.tokenFlow) > 0 {
            let found =
                "\(Self.sessions(total(.tokenFlow))) by the token flow, without a provider's token: \(list(.tokenFlow))"
            findings.append(.hint(.sessions, found, ProviderAdvice.tokenFlow))
        }
        if total(.noAdapter) > 0 {
            let found = "\(Self.sessions(total(.noAdapter))) that Appwrite may not refresh: \(list(.noAdapter))"
            findings.append(.hint(.sessions, found, ProviderAdvice.noAdapter))
        }
        let others: [(Refreshability, String)] = [
            (.unexpiring, "with a token without an end, served while the session lives"),
            (.otherLogin, "of no OAuth provider, and none of refreshd's"), (.ended, "ended, and let be"),
        ]
        for (kind, words) in others where total(kind) > 0 {
            findings.append(.fine(.sessions, "\(Self.sessions(total(kind))) \(words): \(list(kind))"))
        }
        if isCut {
            let advice = "\"refreshd status\" counts the sessions of all users, once the daemon has found them"
            findings.append(.hint(.sessions, "there are more users: only the first \(users) were looked at", advice))
        }
        return findings
    }

    private var summary: Finding {
        let among = users == 1 ? "1 user" : "\(users) users"
        guard total(.refreshable) == 0 else {
            return .fine(
                .sessions,
                "\(Self.sessions(total(.refreshable))) of \(among) can be refreshed (\(list(.refreshable)))")
        }
        guard total(.noRefreshToken) + total(.tokenFlow) + total(.noAdapter) == 0 else {
            let found = "no session of \(among) can be refreshed"
            return .warning(.sessions, found, "see below for each kind")
        }
        let found = users == 0 ? "the project has no users yet" : "no session of \(among) needs refreshing"
        let advice = "let a user log in through a provider, by createOAuth2Session"
        return total(.unexpiring) > 0 ? .fine(.sessions, found) : .hint(.sessions, found, advice)
    }

    private static func sessions(_ count: Int) -> String {
        count == 1 ? "1 session" : "\(count) sessions"
    }
}
