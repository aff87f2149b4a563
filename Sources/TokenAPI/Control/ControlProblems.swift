// What an operator is told whose request was not done.

import RefreshEngine
import RefreshPolicy

extension Problem {
    static func control(_ error: ControlError, _ key: SessionKey?) -> Problem {
        var problem: Problem
        switch error {
        case .unknownProject(let known):
            problem = unknownProject(known)
        case .unknownSession:
            problem = Problem(
                .unknownSession,
                detail: """
                    refreshd knows no session \(key.map { "\($0)" } ?? "of this kind"). It may have ended and been \
                    forgotten; the list of sessions shows those that are known.
                    """)
        case .unknownUser:
            problem = Problem(
                .unknownUser,
                detail: "refreshd knows no session of this user: there is nothing to forget. Is the id right?")
        case .appwrite(let failure):
            problem = appwrite(failure)
        case .notRefreshable(let reason):
            problem = notRefreshable(reason)
        case .store(let failure):
            problem = store(failure)
        case .delayed(let failure):
            problem = delayed(failure)
        }
        if let key { problem.name(key, reason: error.reason) } else { problem.reason = error.reason?.description }
        return problem
    }

    static func registration(_ error: ControlError, in project: ProjectAlias) -> Problem {
        var problem = control(error, nil)
        problem.project = project.rawValue
        return problem
    }

    private static func notRefreshable(_ reason: Reason) -> Problem {
        Problem(
            .notRefreshable,
            detail: """
                There is nothing to keep fresh in this session: \(reason). It was not registered. Only an OAuth 2 \
                login whose session holds the provider's tokens can be kept.
                """)
    }

    private static func store(_ failure: StoreError) -> Problem {
        switch failure {
        case .unavailable(let why):
            return unavailable("\(sentence(why)) Nothing was changed. Ask again when the store works.")
        case .damaged(let why):
            return Problem(
                .storeDamaged,
                detail: """
                    The store cannot be trusted any more: \(sentence(why)) Nothing was changed. Stop refreshd, put the \
                    store's files aside and start it again: what an API key finds comes back by itself.
                    """)
        }
    }

    private static func delayed(_ failure: StoreError) -> Problem {
        unavailable(
            """
            \(sentence(failure.words)) What was asked for is taken down and not stored yet: it is done as soon as the \
            store works, unless refreshd is stopped before. Look then whether it was.
            """)
    }

    private static func unavailable(_ why: String) -> Problem {
        var problem = Problem(.storeUnavailable, detail: "The store cannot be used now: \(why)")
        problem.retryIn = 5
        return problem
    }

    /// Words of the store may be a sentence, or less.
    private static func sentence(_ words: String) -> String {
        words.hasSuffix(".") ? words : words + "."
    }

    private static func appwrite(_ failure: CallFailure) -> Problem {
        switch failure {
        case .refused(let refusal): refused(refusal)
        case .silent(let silence): silent(silence)
        }
    }

    private static func refused(_ refusal: Refusal) -> Problem {
        switch refusal {
        case .loginRefused, .sessionUnknown, .userUnknown, .userBlocked:
            Problem(
                .secretRefused,
                detail: """
                    Appwrite knows no live session by this secret: logged out, expired, of another project, or the \
                    user is blocked. Nothing was registered. Give the secret of a new login.
                    """)
        case .rateLimited:
            Problem(
                .appwriteRefused,
                detail: "Appwrite's rate limit refused the call. Nothing was changed. Try again in some minutes.")
        case .keyRefused, .projectUnknown, .serviceDisabled, .providerUnsupported, .providerClientRefused:
            Problem(
                .appwriteRefused,
                detail: """
                    Appwrite refused the call because of how the project is set up there or in refreshd's settings \
                    (endpoint, project id, API key, switched-off services). Nothing was changed. The journal and \
                    the status say more.
                    """)
        case .providerRefused, .providerThrottled, .providerFailed:
            Problem(
                .appwriteRefused, detail: "The provider refused, or failed, behind Appwrite. Nothing was changed.")
        case .callRefused(let status), .serverFailed(let status):
            Problem(
                .appwriteRefused,
                detail: "Appwrite answered with status \(status). Nothing was changed. Try again in a minute.")
        }
    }

    private static func silent(_ silence: Silence) -> Problem {
        switch silence {
        case .unreachable(let obstacle):
            Problem(
                .appwriteSilent,
                detail: """
                    Appwrite was not reached (\(obstacle.rawValue)). Nothing was changed. "refreshd check" says what to \
                    do about it.
                    """)
        case .timedOut:
            Problem(.appwriteSilent, detail: "Appwrite did not answer in time. Nothing was changed. Try again.")
        case .cut:
            Problem(
                .appwriteSilent,
                detail: """
                    The connection to Appwrite ended before its answer did. Nothing was changed. Try again; where it \
                    always ends so, check the endpoint: https or http, and the port.
                    """)
        case .notUnderstood:
            Problem(
                .appwriteRefused,
                detail: """
                    What answered is no Appwrite: a proxy's page, perhaps, or a redirect, which is not followed. \
                    Nothing was changed. Check the endpoint.
                    """)
        case .cancelled:
            notNow("refreshd is stopping")
        }
    }
}

extension ControlError {
    fileprivate var reason: Reason? {
        switch self {
        case .notRefreshable(let reason): reason
        case .unknownProject, .unknownSession, .unknownUser, .appwrite, .store, .delayed: nil
        }
    }
}
