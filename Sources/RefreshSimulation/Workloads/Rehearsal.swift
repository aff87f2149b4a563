// Settings tried out: the real scheduler by one project's rules, over make-believe sessions that are read by a pattern,
// on virtual time. What came of it is told hour by hour, and of whom most reads went without a token.

package import RefreshPolicy

package struct Rehearsal: Sendable {
    /// What is tried.
    package struct Plan: Sendable {
        package var project: ProjectRules
        package var waits: Waits
        package var sessions: Int
        /// Of each token.
        package var lifetime: Duration
        package var provider: String
        package var pattern: Workload.Pattern
        package var hours: Int

        package init(
            project: ProjectRules, waits: Waits, sessions: Int, lifetime: Duration, provider: String,
            pattern: Workload.Pattern, hours: Int
        ) {
            self.project = project
            self.waits = waits
            self.sessions = sessions
            self.lifetime = lifetime
            self.provider = provider
            self.pattern = pattern
            self.hours = hours
        }
    }

    package struct Tally: Hashable, Sendable {
        package var reads = 0
        /// Reads that found a token; those that had it after a wait among them.
        package var found = 0
        package var waited = 0

        package var missed: Int { reads - found }

        fileprivate mutating func add(_ outcome: WorkloadRun.Outcome) {
            reads += 1
            switch outcome {
            case .fresh: found += 1
            case .waited:
                found += 1
                waited += 1
            case .missed, .open: break
            }
        }
    }

    package struct Hour: Hashable, Sendable {
        package let begin: WallTime
        /// Calls that were made.
        package var calls = 0
        /// Those, and one for each session that was read in vain.
        package var needed = 0
        package var tally = Tally()
    }

    /// A session, by its place: the first is read most, where the pattern says so.
    package struct Session: Hashable, Sendable {
        package let number: Int
        package var calls = 0
        package var tally = Tally()
    }

    package private(set) var hours: [Hour]
    package private(set) var sessions: [Session]
    /// Calls that Appwrite allows in an hour; nil where it does not count them.
    package let available: Int?

    package var tally: Tally {
        hours.reduce(into: Tally()) { sum, hour in
            sum.reads += hour.tally.reads
            sum.found += hour.tally.found
            sum.waited += hour.tally.waited
        }
    }

    private static let hour: Int64 = 3_600_000
    private static let day = 24 * hour

    package init(_ plan: Plan, seed: UInt64 = 1) {
        // A midnight, so that times of day are what they seem.
        let begin = 1_795_478_400_000 / Self.day * Self.day
        let end = begin + Int64(plan.hours) * Self.hour
        let life = max(1, plan.lifetime.wholeMilliseconds)
        var dice = SeededGenerator(seed: seed)
        let reads = Workload.reads(
            of: plan.sessions, plan.pattern, from: begin, days: Int64((plan.hours + 23) / 24), dice: &dice
        ).filter { $0.time < end }
        let firstEnds = (0..<plan.sessions).map { _ in begin + Int64.random(in: 0..<life, using: &dice) }
        // Its sessions are such as a key finds, be there one in the settings or not.
        var project = plan.project
        project.hasAPIKey = true
        var run = WorkloadRun(
            WorkloadRun.Ground(
                project: project, waits: plan.waits, provider: plan.provider, reads: reads,
                firstEnds: firstEnds, life: life, begin: begin, end: end), seed: seed)
        run.go()

        hours = (0..<plan.hours).map { Hour(begin: WallTime(milliseconds: begin + Int64($0) * Self.hour)) }
        sessions = (0..<plan.sessions).map { Session(number: $0) }
        available =
            plan.project.metering == .metered
            ? max(1, plan.project.budget.perHour(Workload.callsPerWindow)) : nil
        func hour(of time: Int64) -> Int { min(hours.count - 1, Int((time - begin) / Self.hour)) }
        for call in run.calls {
            hours[hour(of: call.time)].calls += 1
            sessions[call.grant].calls += 1
        }
        var inVain: [Set<Int>] = Array(repeating: [], count: hours.count)
        for (read, outcome) in zip(reads, run.outcomes) {
            hours[hour(of: read.time)].tally.add(outcome)
            sessions[read.grant].tally.add(outcome)
            if outcome == .missed { inVain[hour(of: read.time)].insert(read.grant) }
        }
        for index in hours.indices { hours[index].needed = hours[index].calls + inVain[index].count }
    }
}
