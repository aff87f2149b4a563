// A trial of the laws: the real scheduler in a world of logins, readers, faults, lost answers, foreign callers, stepped
// clocks and crashes, all from one seed, with the book of the laws open at every step. After the last trouble comes a
// quiet time in which all must come right by itself.

import AppwriteModel
import RefreshPolicy

package struct Trial: Sendable {
    package let seed: UInt64
    var stage: Stage<Happening>
    var world: World
    var dice: SeededGenerator
    /// Sessions the machine was told of, and what became of them.
    var known: [SessionKey] = []
    var everBlocked: Set<String> = []
    var everTouched: Set<String> = []
    var removed: Set<SessionKey> = []
    var lastReader = 0
    var waiting: [ReaderID: (key: SessionKey, until: Int64)] = [:]
    var reads: [Grant: Int] = [:]
    var isQuiet = false
    /// The last things that happened, for whoever reads of a breach; kept only when asked for.
    package private(set) var history: [String] = []
    private let keepsHistory: Bool

    enum Happening: Sendable {
        /// Something, by dice.
        case act
        case read
        case listing(ProjectAlias, String)
        case poll(ProjectAlias)
        case walk(ProjectAlias)
        case readerGone(ReaderID)
        case flush
        case heal(Trouble)
        case restart
    }

    package struct Report: Sendable {
        package let seed: UInt64
        package let breaches: [LawBook.Breach]
        package let tally: LawBook.Tally
        package let days: Double
        package let sessionDays: Double
        package let history: [String]
    }

    /// 2026-11-23 22:00:00 UTC.
    static let begin: Int64 = 1_795_471_200_000

    package init(seed: UInt64, keepsHistory: Bool = false) {
        self.seed = seed
        self.keepsHistory = keepsHistory
        var dice = SeededGenerator(seed: seed)
        let start = Self.begin + Int64.random(in: 0..<3_600_000, using: &dice)
        world = World(dice: &dice, now: start)
        stage = Stage(
            rules: world.rules, wire: world.wire, weather: world.weather, now: start,
            seed: UInt64.random(in: .min ... .max, using: &dice))
        stage.isTraced = keepsHistory
        if Bool.random(using: &dice) {
            stage.setServerOffset(Int64.random(in: -1_200_000...1_200_000, using: &dice))
        }
        self.dice = dice
    }

    /// Runs for so many hours of trouble, and then some of quiet.
    package mutating func run(hours: Int) -> Report {
        let begin = stage.now
        for _ in 0..<Int.random(in: 1...world.users.count, using: &dice) { logIn() }
        stage.start()
        plan(.act, in: 0...60_000)
        plan(.read, in: 0...60_000)
        plan(.flush, in: 30_000...30_000)
        for site in stage.wire.sites where site.apiKey != nil {
            plan(.poll(site.alias), in: 0...60_000)
            plan(.walk(site.alias), in: 0...60_000)
        }
        play(until: begin + Int64(hours) * 3_600_000)
        quieten()
        play(until: stage.now + 5 * 3_600_000)
        audit()
        auditPeace()
        note("the end")
        let days = Double(stage.now - begin) / 86_400_000
        return Report(
            seed: seed, breaches: stage.book.breaches, tally: stage.book.tally, days: days,
            sessionDays: days * Double(max(1, stage.machine.memory.count)), history: history)
    }

    private mutating func play(until end: Int64) {
        while stage.book.breaches.isEmpty, let happening = stage.next(until: end) {
            // What was answered before this happened was answered in time.
            listen()
            happen(happening)
            listen()
        }
    }

    func chance(_ percent: Int, _ dice: inout SeededGenerator) -> Bool {
        Int.random(in: 0..<100, using: &dice) < percent
    }

    mutating func plan(_ happening: Happening, in wait: ClosedRange<Int64>) {
        stage.plan(happening, at: stage.now + Int64.random(in: wait, using: &dice))
    }

    mutating func note(_ text: @autoclosure () -> String) {
        guard keepsHistory else { return }
        history += stage.trace
        stage.trace = []
        history.append("\(stage.now) \(text())")
        if history.count > 20_000 { history.removeFirst(10_000) }
    }

    /// Hears what the machine said since.
    private mutating func listen() {
        for notice in stage.notices {
            note("says: \(notice.inBrief)")
            checkSecrecy(of: notice)
            if case .needsLogin(let row) = notice { checkRefusal(of: row) }
            if case .ended(let row) = notice { checkEnd(of: row) }
        }
        stage.notices = []
        stage.sent = []
        for reply in stage.replies { answered(reply) }
        stage.replies = []
        if !stage.isRunning { waiting = [:] }
    }
}
