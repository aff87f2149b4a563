// The settings that decisions rest on, with their defaults and the reason of each number. Floor 3 fills them in.

/// All rules of one run.
package struct Rules: Hashable, Sendable {
    /// In the order of their aliases.
    package let projects: [ProjectRules]
    package var waits: Waits

    package init(projects: [ProjectRules], waits: Waits = Waits()) {
        self.projects = projects.sorted { $0.alias < $1.alias }
        self.waits = waits
    }

    package func project(_ alias: ProjectAlias) -> ProjectRules? {
        projects.first { $0.alias == alias }
    }

    /// That of the first project of the host: those of one host share its calls, and the settings agree on them.
    package func budget(of host: HostName) -> BudgetRules {
        projects.first { $0.host == host }?.budget ?? BudgetRules()
    }

    /// The hosts of all projects, each once, in order.
    package var hosts: [HostName] {
        var hosts: [HostName] = []
        for project in projects where !hosts.contains(project.host) { hosts.append(project.host) }
        return hosts.sorted()
    }
}

/// What holds for one project.
package struct ProjectRules: Hashable, Sendable {
    package let alias: ProjectAlias
    package let host: HostName
    /// Whether an API key is set: then sessions are found, and their end is proven by their absence.
    package var hasAPIKey: Bool
    package var metering: Metering
    package var budget: BudgetRules
    package var pace: Pace
    /// A session unread for so long is left to rest: a refresh also extends the user's login, and nobody wants it.
    package var stopAfter: Duration = .days(30)
    /// A session older than this is not refreshed any more, or refreshd would keep a login alive for ever.
    package var maxSessionAge: Duration = .days(365)
    /// The lifetime taken for a token whose provider states none. An hour is what most providers give.
    package var assumedLifetime: Duration = .seconds(3600)
    /// The same, by provider; in the order of their names.
    package var assumedLifetimes: [ProviderLifetime] = []
    /// The first that fits a session holds for it; where none does, the session's own word does.
    package var keepRules: [KeepRule] = []
    /// Whether calls are too scarce to be made early.
    package var isTight = false

    package init(
        alias: ProjectAlias, host: HostName, hasAPIKey: Bool, metering: Metering = .metered,
        budget: BudgetRules = BudgetRules(), pace: Pace = Pace()
    ) {
        self.alias = alias
        self.host = host
        self.hasAPIKey = hasAPIKey
        self.metering = metering
        self.budget = budget
        self.pace = pace
    }

    package func keeping(of row: SessionRow) -> Keeping {
        if let rule = keepRules.first(where: { $0.fits(row) }) { return rule.keeping }
        switch row.keep {
        case .used: return .used
        case .always: return .always
        }
    }

    package func assumedLifetime(of provider: ProviderName) -> Duration {
        assumedLifetimes.first { $0.provider == provider }?.lifetime ?? assumedLifetime
    }
}

package struct ProviderLifetime: Hashable, Sendable {
    package let provider: ProviderName
    package let lifetime: Duration

    package init(provider: ProviderName, lifetime: Duration) {
        self.provider = provider
        self.lifetime = lifetime
    }
}

/// Whether Appwrite counts our calls.
package enum Metering: String, Hashable, CaseIterable, Sendable {
    case metered
    /// A dev key is sent, or the server has no limit.
    case unmetered
}

/// A host's window as it is before the server says otherwise.
package struct BudgetRules: Hashable, Sendable {
    /// Appwrite allows ten session updates in a window.
    package var limit: Int = 10
    /// Appwrite's window is a clock hour, aligned to UTC.
    package var window: Duration = .seconds(3600)
    /// Calls kept back for readers that wait.
    package var reserve: Int = 2
    /// How long after the server's reset a window is opened: its clock and ours agree to a second at best.
    package var openingDelay: Duration = .seconds(2)

    package init() {}

    /// What so many of each window are of each hour.
    package func perHour(_ ofWindow: Int) -> Int {
        Int(Int64(ofWindow) * 3_600_000 / max(1, window.wholeMilliseconds))
    }
}

/// How fast an unmetered host is called, and how much at once any host is.
package struct Pace: Hashable, Sendable {
    package var maxPerSecond: Int = 20
    /// No more than so many a second are made, whatever is set.
    package static let greatest = 10_000
    package var maxInFlight: Int = 8

    package init() {}
}

/// Waits and intervals.
package struct Waits: Hashable, Sendable {
    /// How long an unanswered PATCH is feared to be at work still: Appwrite sets no limit to its call to the provider.
    package var doubtFor: Duration = .seconds(600)
    /// A look is proof for so long (law 5).
    package var lookFor: Duration = .seconds(30)
    /// How far apart two looks must be before a refused credential is taken for a logout (law 12).
    package var suspectFor: Duration = .seconds(300)
    /// How often a session that needs a login is looked at.
    package var recheckLogin: Duration = .seconds(6 * 3600)
    /// The margin before a deadline, when metered and calls are plenty: an outage of some minutes goes unnoticed.
    package var margin: Duration = .seconds(300)
    /// The same, where more than a third of the calls are needed: half a minute for one retry, before less than a minute
    /// is left, which is what readers ask for. Each further half minute would cost one call in a hundred and twenty.
    package var marginWhenTight: Duration = .seconds(90)
    /// A row is looked at once a day at least: it bounds what a wrong clock can do.
    package var longestSleep: Duration = .days(1)
    /// The first wait after a failure; the table goes on from there.
    package var firstRetry: Duration = .seconds(30)
    /// How long a session that is over is remembered: long enough to find out why an app has no token any more.
    package var forgetEndedAfter: Duration = .days(7)

    package init() {}

    /// How long before a deadline a refresh is due where calls are counted: never over a third of the life.
    func meteredMargin(beforeEndOf life: Duration, isTight: Bool) -> Duration {
        let margin = isTight ? marginWhenTight : margin
        return .milliseconds(min(margin.wholeMilliseconds, life.wholeMilliseconds / 3))
    }
}

extension Duration {
    package static func days(_ days: Int) -> Duration { .seconds(days * 86_400) }
}
