// What a reader is told who gets no token: what happened, what refreshd does next, and what to do.

import RefreshEngine
import RefreshPolicy

extension Problem {
    /// - Parameter longestWait: the longest `max_wait`; who would have to wait longer is not told to.
    static func unavailable(_ what: Unavailability, now: WallTime, longestWait: Duration) -> Problem {
        var problem: Problem
        switch what.standing {
        case .ended:
            return .ended(what.key, what.reason)
        case .needsLogin:
            problem = Problem(
                .needsLogin,
                detail: """
                    Session \(what.key) has no token that works and cannot be refreshed: \(what.reason). refreshd \
                    looks now and then whether the user has logged in again, and that is what helps: send the user \
                    through the provider's login.
                    """)
        case .unrefreshable:
            problem = Problem(
                .needsLogin,
                detail: """
                    The token of session \(what.key) has ended, and the session cannot be refreshed: \
                    \(what.reason). refreshd will serve the next login as soon as it finds it: send the user \
                    through the provider's login.
                    """)
        case .due:
            problem = noTokenYet(what, now: now, longestWait: longestWait) { time in
                "Its refresh waits for a call, and refreshd may make the next \(time)"
            }
        case .fresh, .refreshing, .inDoubt, .backingOff, .unexpiring, .idle, .spare:
            problem = noTokenYet(what, now: now, longestWait: longestWait) { time in
                "refreshd goes on by itself, next \(time)"
            }
        }
        problem.name(what.key, standing: what.standing, reason: what.reason)
        return problem
    }

    static func ended(_ key: SessionKey, _ reason: Reason) -> Problem {
        var problem = Problem(
            .ended,
            detail: """
                Session \(key) is over: \(reason). Its token is not served any more. refreshd will serve the user's \
                next login as soon as it finds it; to get there, send the user through the provider's login.
                """)
        problem.name(key, standing: .ended, reason: reason)
        return problem
    }

    static func severalGrants(_ grants: [Grant]) -> Problem {
        var problem = Problem(
            .severalGrants,
            detail: """
                The user has several accounts at this provider. Name one with `provider_uid`; `grants` lists them.
                """)
        problem.grants = grants.map(GrantBody.init)
        return problem
    }

    static func unknownSession(_ subject: TokenRequest.Subject) -> Problem {
        switch subject {
        case .grant: unknownGrant
        case .session(let key): control(.unknownSession, key)
        }
    }

    private static let unknownGrant = Problem(
        .unknownSession,
        detail: """
            refreshd knows no session of this kind. With an API key it finds a new login within a minute or so by \
            itself; without one, the session must be registered. Check the user's id, the provider's name, and \
            whether the user logged in by OAuth 2.
            """)

    static func unknownProject(_ known: [ProjectAlias]) -> Problem {
        var problem = Problem(
            .unknownProject,
            detail: """
                refreshd's settings have no project of that name, which is their alias and not Appwrite's project id. \
                Known: \(list(known)).
                """)
        problem.knownProjects = known.map(\.rawValue)
        return problem
    }

    /// - Parameter readable: those to choose from.
    static func projectNeeded(_ readable: [ProjectAlias]) -> Problem {
        var problem = Problem(
            .projectNeeded,
            detail: "refreshd's settings have several projects. Name one with `project`: \(list(readable)).")
        problem.parameter = Parameter.project.rawValue
        problem.knownProjects = readable.map(\.rawValue)
        return problem
    }

    /// `why` is the engine's, for people.
    static func notNow(_ why: String) -> Problem {
        let reason = why.hasSuffix(".") ? why : why + "."
        var problem = Problem(.notNow, detail: "Not now: \(reason) Nothing was lost; ask again in a second.")
        problem.retryIn = 1
        return problem
    }

    mutating func name(_ key: SessionKey, standing: Standing? = nil, reason: Reason? = nil) {
        project = key.project.rawValue
        sessionID = key.session.rawValue
        self.standing = standing?.rawValue
        self.reason = reason?.description
    }

    /// When to ask again where no time is known: a refresh that is under way takes seconds.
    private static let soon = 5

    /// - Parameter next: what happens at a known time, which it is given in words.
    private static func noTokenYet(
        _ what: Unavailability, now: WallTime, longestWait: Duration, next: (String) -> String
    ) -> Problem {
        let retryAt = WireTime(what.retryAt)
        let seconds = retryAt?.secondsToWait(from: now) ?? soon
        let time = retryAt.map { now < $0.time ? "at \($0.iso)" : "now" }
        let wait = .seconds(seconds) <= longestWait ? ", or wait for it with `max_wait`" : ""
        var problem = Problem(
            .noTokenYet,
            detail: """
                Session \(what.key) has no token that works at the moment (\(what.standing.rawValue): \
                \(what.reason)). \(time.map(next) ?? "refreshd goes on by itself"); ask again in \(seconds) s\(wait).
                """)
        problem.retryAt = retryAt
        problem.retryIn = seconds
        return problem
    }

    private static func list(_ projects: [ProjectAlias]) -> String {
        projects.isEmpty ? "none" : projects.map(\.rawValue).joined(separator: ", ")
    }
}
