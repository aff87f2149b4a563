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

        static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
    }

    /// Nil for what a library tells.
    let kind: EventKind?
    let priority: Priority
    /// One line, except where settings are refused: of several mistakes, each has a line.
    let message: String
    /// In the order of writing.
    private(set) var fields: [Field] = []

    struct Field: Hashable, Sendable {
        let name: EventField
        let value: String
    }

    init(_ kind: EventKind, _ message: String) {
        self.kind = kind
        priority = kind.facts.priority
        self.message = message
        add(.event, kind.facts.name)
    }

    /// What a library tells in its own words.
    init(ofLibrary priority: Priority, _ message: String) {
        kind = nil
        self.priority = priority
        self.message = message
    }

    /// This telling with the fields of a session.
    func about(_ row: SessionRow) -> Telling {
        var telling = about(row.key)
        telling.add(.user, row.user.rawValue)
        telling.add(.provider, row.provider.rawValue)
        telling.add(.standing, row.standing.rawValue)
        let reason = row.explanation
        telling.add(.reason, reason.code.rawValue)
        if let error = reason.oauthError { telling.add(.oauthError, error.rawValue) }
        if let end = row.token?.expiresAt { telling.add(.expiresAt, end) }
        telling.add(.sessionExpiresAt, row.sessionExpiresAt)
        return telling
    }

    func about(_ key: SessionKey) -> Telling {
        about(key.project).with(.session, key.session.rawValue)
    }

    func about(_ project: ProjectAlias) -> Telling { with(.project, project.rawValue) }

    func about(_ host: HostName) -> Telling { with(.host, host.rawValue) }

    func with(_ field: EventField, _ value: String) -> Telling {
        var telling = self
        telling.add(field, value)
        return telling
    }

    mutating func add(_ field: EventField, _ value: String) {
        fields.append(Field(name: field, value: value))
    }

    mutating func add(_ field: EventField, _ number: some BinaryInteger) { add(field, String(number)) }

    mutating func add(_ field: EventField, _ time: WallTime) { add(field, WireTime(time).iso) }

    /// A moment as it stands in a line.
    static func words(for time: WallTime) -> String { TimeWords.moment(WireTime(time)) }
}

extension Telling {
    init(_ report: Report) {
        switch report {
        case .decision(let notice):
            self.init(notice)
        case .storeFailed(let error):
            self = Telling(
                .store(.failed),
                "the store fails; tokens are served on, nothing is refreshed, nothing is lost, and it is tried again "
                    + "every second. \(error.words)")
        case .storeRecovered:
            self = Telling(.store(.recovered), "the store works again")
        }
    }

    private init(_ notice: Notice) {
        switch notice {
        case .found(let row): self.init(row, .found, "found, \(Self.stand(row))")
        case .registered(let row): self.init(row, .registered, "registered, \(Self.stand(row))")
        case .renewed(let row, let calls):
            let left =
                calls.map { "; \($0.remaining) \($0.remaining == 1 ? "call" : "calls") left in this window" } ?? ""
            self.init(row, .renewed, "renewed, \(Self.until(row))\(left)")
            if let calls {
                add(.budgetRemaining, calls.remaining)
                add(.budgetResetAt, calls.resetAt)
            }
        case .settled(let row):
            let words = "renewed, as is seen now, by the refresh whose answer was lost; \(Self.until(row))"
            self.init(row, .settled, words)
        case .adopted(let row):
            let words = "renewed by another caller of updateSession, not by refreshd; \(Self.until(row))"
            self.init(row, .adopted, words)
        case .failed(let row):
            let words =
                "not renewed: \(row.reason); \(Self.served(row)), next try \(Self.next(row))\(Self.remedy(row.reason))"
            self.init(row, .failed, words)
            add(.count, row.failures)
            if let wakeAt = row.wakeAt { add(.nextTryAt, wakeAt) }
        case .needsLogin(let row):
            let words = "the user must log in again: \(row.reason); \(Self.served(row))"
            self.init(row, .needsLogin, words)
        case .recovered(let row): self.init(row, .recovered, "works again, \(Self.until(row))")
        case .ended(let row): self.init(row, .ended, "ended: \(row.reason); its token is served no more")
        case .inDoubt(let row):
            let words =
                "a refresh was sent and its answer is not known; looking whether it was done, \(Self.served(row))"
            self.init(row, .inDoubt, words)
        case .sessionShortened(let row, let before):
            self.init(
                row, .shortened,
                "the refresh moved the session's own end from \(Self.words(for: before)) to "
                    + "\(Self.words(for: row.sessionExpiresAt)): the project's session length is shorter than it was")
        case .removed(let key):
            self = Telling(.session(.removed), "\(key): removed, its tokens are forgotten").about(key)
        case .forgotten(let project, let sessions, let why):
            let cause =
                switch why {
                case .wished: "as an operator wished"
                case .userGone: "who is gone from Appwrite"
                }
            let count = sessions == 1 ? "1 session" : "\(sessions) sessions"
            self = Telling(.session(.forgotten), "\(project): \(count) erased of a user, \(cause)").about(project)
            add(.count, sessions)
        case .budgetSpent(let host, let until):
            self = Telling(
                .calls(.spent),
                "\(host): this window's calls are spent, but for those kept for apps that wait; the next opens at "
                    + "\(Self.words(for: until)). A dev key lifts the limit"
            ).about(host)
            add(.budgetResetAt, until)
        case .unmetered(let project):
            self = Telling(
                .calls(.unmetered),
                "\(project): Appwrite does not count our calls, as a server without a limit; they go on by the pace of "
                    + "the settings"
            ).about(project)
        case .metered(let project):
            self = Telling(
                .calls(.metered),
                "\(project): Appwrite counts our calls again; they are kept within its limit. A dev key lifts the limit"
            ).about(project)
        case .condition(let news):
            self.init(news)
        case .clockStepped(let step):
            let seconds = Double(step.wholeMilliseconds) / 1000
            self = Telling(
                .daemon(.clockStepped), "this machine's clock was set by \(seconds) s; all waits are kept as they were")
            add(.clockStep, step.wholeMilliseconds)
        case .timePassed(let time):
            let seconds = Double(time.wholeMilliseconds) / 1000
            self = Telling(
                .daemon(.timePassed),
                "\(seconds) s have passed that this machine's clock did not count, by the clock of an Appwrite host; "
                    + "what ended in them is over")
            add(.timePassed, time.wholeMilliseconds)
        }
    }

    private init(_ row: SessionRow, _ event: SessionEvent, _ words: String) {
        self = Telling(.session(event), "\(Self.name(row)): \(words)").about(row)
        if let outcome = event.outcome { add(.outcome, outcome) }
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
        return token.expiresAt.map { "good until \(words(for: $0))" } ?? "no end stated"
    }

    private static func served(_ row: SessionRow) -> String {
        guard let token = row.token else { return "there is no token to serve" }
        return token.expiresAt.map { "the old token is served until \(words(for: $0))" } ?? "the old token is served on"
    }

    private static func next(_ row: SessionRow) -> String {
        row.wakeAt.map { "at \(words(for: $0))" } ?? "when its credential works"
    }

    /// What the reader can do about it, as a sentence to put behind; empty where nobody can.
    private static func remedy(_ reason: Reason) -> String {
        let cause: Condition.Cause? =
            switch reason.code {
            case .keyRefused: .keyRefused
            case .projectUnknown: .projectUnknown
            case .serviceDisabled: .serviceDisabled
            case .providerClientRefused: .clientRefused
            case .providerUnsupported: .providerUnsupported
            case .unreachable: .unreachable
            case .notUnderstood: .notUnderstood
            case .found, .registered, .renewed, .settled, .adopted, .confirmed, .lifetimeUnknown, .sending, .answerLost,
                .noChangeSeen, .emptyToken, .otherSession, .providerRefused, .providerThrottled, .providerFailed,
                .rateLimited, .serverFailed, .userBlocked, .loginRefused, .loggedOut, .userGone, .sessionExpired,
                .tooOld, .noRefreshToken, .noProviderTokens, .unread, .anotherKept:
                nil
            }
        return cause.map { ". " + $0.remedy } ?? ""
    }
}
