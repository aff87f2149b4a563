// An event in words and fields, before it is known where they go: one readable line, a priority, and fields to search
// by. No secret has a way in: rows are asked for ids, standings and times only (law 7).

import RefreshEngine
import RefreshPolicy
import TokenAPI

/// One entry of the log.
struct Telling: Hashable, Sendable {
    /// syslog's priorities, as far as they are used.
    enum Priority: Int, Hashable, Comparable, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
        case debug = 7

        static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
    }

    /// Nil for what a library tells.
    let kind: EventKind?
    let priority: Priority
    let message: String
    /// In the order of writing; names are journal fields.
    var fields: [Field] = []

    struct Field: Hashable, Sendable {
        let name: String
        let value: String
    }

    init(_ kind: EventKind?, _ priority: Priority, _ message: String) {
        self.kind = kind
        self.priority = priority
        // What can be done about it ends a message, where anybody can do anything.
        self.message = message.hasSuffix(". ") ? String(message.dropLast(2)) : message
    }

    /// This telling with the fields of a session.
    func about(_ row: SessionRow) -> Telling {
        var telling = about(row.key)
        telling.add("REFRESHD_USER_ID", row.user.rawValue)
        telling.add("REFRESHD_PROVIDER", row.provider.rawValue)
        telling.add("REFRESHD_STANDING", row.standing.rawValue)
        telling.add("REFRESHD_OUTCOME", row.explanation.description)
        if let end = row.token?.expiresAt { telling.add("REFRESHD_EXPIRES_AT", Self.iso(end)) }
        return telling
    }

    func about(_ key: SessionKey) -> Telling {
        var telling = about(key.project)
        telling.add("REFRESHD_SESSION_ID", key.session.rawValue)
        return telling
    }

    func about(_ project: ProjectAlias) -> Telling {
        var telling = self
        telling.add("REFRESHD_PROJECT", project.rawValue)
        return telling
    }

    func about(_ host: HostName) -> Telling {
        var telling = self
        telling.add("REFRESHD_HOST", host.rawValue)
        return telling
    }

    mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }
}

extension Telling {
    init(_ report: Report) {
        switch report {
        case .decision(let notice):
            self.init(notice)
        case .storeFailed(let error):
            self = Telling(
                .storeFailed, .error,
                "the store fails; tokens are served on, nothing is refreshed, nothing is lost, and it is tried again "
                    + "every second. \(error.words)")
        case .storeRecovered:
            self = Telling(.storeRecovered, .notice, "the store works again")
        }
    }

    private init(_ notice: Notice) {
        switch notice {
        case .found(let row):
            self = Telling(.found, .info, "\(Self.name(row)): found, \(Self.stand(row))").about(row)
        case .registered(let row):
            self = Telling(.registered, .notice, "\(Self.name(row)): registered, \(Self.stand(row))").about(row)
        case .renewed(let row, let remaining):
            let left = remaining.map { "; \($0) calls left in this window" } ?? ""
            self = Telling(.renewed, .info, "\(Self.name(row)): renewed, \(Self.until(row))\(left)").about(row)
            if let remaining { add("REFRESHD_BUDGET_REMAINING", String(remaining)) }
        case .adopted(let row):
            self = Telling(
                .adopted, .notice,
                "\(Self.name(row)): renewed by another caller, or by a call of ours whose answer was lost; "
                    + Self.until(row)
            ).about(row)
        case .failed(let row):
            self = Telling(
                .failed, .warning,
                "\(Self.name(row)): not renewed: \(row.reason); \(Self.served(row)), next try \(Self.next(row))"
                    + Self.remedy(row.reason)
            ).about(row)
        case .needsLogin(let row):
            self = Telling(
                .needsLogin, .warning,
                "\(Self.name(row)): the user must log in again: \(row.reason); \(Self.served(row))"
            ).about(row)
        case .recovered(let row):
            self = Telling(.recovered, .notice, "\(Self.name(row)): works again, \(Self.until(row))").about(row)
        case .ended(let row):
            self = Telling(.ended, .info, "\(Self.name(row)): ended: \(row.reason); its token is served no more")
                .about(row)
        case .inDoubt(let row):
            self = Telling(
                .inDoubt, .warning,
                "\(Self.name(row)): a refresh was sent and its answer is not known; looking whether it was done, "
                    + "\(Self.served(row))"
            ).about(row)
        case .sessionShortened(let row, let before):
            self = Telling(
                .sessionShortened, .warning,
                "\(Self.name(row)): the refresh moved the session's own end from \(Self.iso(before)) to "
                    + "\(Self.iso(row.sessionExpiresAt)): the project's session length is shorter than it was"
            ).about(row)
        case .removed(let key):
            self = Telling(.removed, .notice, "\(key): removed, its tokens are forgotten").about(key)
        case .forgotten(let project, let sessions, let why):
            let cause =
                switch why {
                case .wished: "as an operator wished"
                case .userGone: "who is gone from Appwrite"
                }
            let count = sessions == 1 ? "1 session" : "\(sessions) sessions"
            self = Telling(.forgotten, .notice, "\(project): \(count) erased of a user, \(cause)").about(project)
        case .budgetSpent(let host, let until):
            self = Telling(
                .budgetSpent, .notice,
                "\(host): this window's calls are spent; the next opens at \(Self.iso(until)). "
                    + "A dev key lifts the limit"
            ).about(host)
        case .unmetered(let project):
            self = Telling(
                .unmetered, .notice,
                "\(project): Appwrite does not count our calls, as a server without a limit; they go on by the pace of "
                    + "the settings"
            ).about(project)
        case .metered(let project):
            self = Telling(
                .metered, .warning,
                "\(project): Appwrite counts our calls again; they are kept within its limit. A dev key lifts the limit"
            ).about(project)
        case .condition(let news):
            self.init(news)
        case .clockStepped(let step):
            let seconds = Double(step.wholeMilliseconds) / 1000
            self = Telling(
                .clockStepped, .notice, "this machine's clock was set by \(seconds) s; all waits are kept as they were")
        }
    }

    private static func name(_ row: SessionRow) -> String { "\(row.key) (\(row.provider), user \(row.user))" }

    private static func stand(_ row: SessionRow) -> String {
        switch row.standing {
        case .fresh, .due, .unexpiring: "\(row.standing.rawValue), \(until(row))"
        case .refreshing, .inDoubt, .backingOff, .needsLogin, .unrefreshable, .idle, .spare, .ended:
            "\(row.standing.rawValue): \(row.explanation)"
        }
    }

    private static func until(_ row: SessionRow) -> String {
        guard let token = row.next ?? row.token else { return "no token yet" }
        return token.expiresAt.map { "good until \(Self.iso($0))" } ?? "no end stated"
    }

    private static func served(_ row: SessionRow) -> String {
        guard let token = row.token else { return "there is no token to serve" }
        return token.expiresAt.map { "the old token is served until \(Self.iso($0))" } ?? "the old token is served on"
    }

    private static func next(_ row: SessionRow) -> String {
        row.wakeAt.map { "at \(Self.iso($0))" } ?? "when its credential works"
    }

    static func iso(_ time: WallTime) -> String { WireTime(time).iso }

    /// What the reader can do about it, as a sentence to put behind; empty where nobody can.
    private static func remedy(_ reason: Reason) -> String {
        switch reason.code {
        case .keyRefused: ". Check the API key: its end, and its scopes, users.read and users.write"
        case .projectUnknown: ". Check the project id in the settings"
        case .serviceDisabled: ". Switch the Account and Users services on in the project"
        case .providerClientRefused: ". Check the provider's client id and secret in the Appwrite console"
        case .providerUnsupported: ". This Appwrite does not know the provider: upgrade it or remove the provider"
        case .unreachable: ". Check the endpoint and the network"
        case .notUnderstood: ". Check that the endpoint is Appwrite's and no proxy answers for it"
        case .found, .registered, .renewed, .adopted, .confirmed, .lifetimeUnknown, .sending, .answerLost,
            .noChangeSeen,
            .emptyToken, .otherSession, .providerRefused, .providerThrottled, .providerFailed, .rateLimited,
            .serverFailed, .userBlocked,
            .loginRefused, .loggedOut, .userGone, .sessionExpired, .tooOld, .noRefreshToken, .noProviderTokens, .unread,
            .anotherKept:
            ""
        }
    }
}
