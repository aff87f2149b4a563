// A load under the real scheduler, over the model of Appwrite, where nothing goes wrong.

import AppwriteModel
import RefreshPolicy

extension Workload {
    /// Runs it, and keeps the books of the laws meanwhile.
    package func scheduled(seed: UInt64) -> (Score, breaches: [LawBook.Breach]) {
        guard let alias = ProjectAlias("app") else { preconditionFailure("app is a name") }
        var project = ProjectRules(alias: alias, host: HostName("appwrite.example"), hasAPIKey: true)
        project.keepRules = [KeepRule(user: nil, provider: nil, keeping: keeping)]
        let ground = WorkloadRun.Ground(
            project: project, provider: "google", reads: reads, firstEnds: firstEnds, life: Self.life, begin: begin,
            end: end)
        var run = WorkloadRun(ground, seed: seed)
        run.go()
        var score = Score()
        score.waited = run.outcomes.count { $0 == .waited }
        score.fresh = run.outcomes.count { $0 == .fresh } + score.waited
        score.missed = run.outcomes.count { $0 == .missed }
        score.calls = run.calls.count
        return (score, run.stage.book.breaches)
    }
}

struct WorkloadRun {
    /// Who is read when, of which project.
    struct Ground: Sendable {
        var project: ProjectRules
        var waits = Waits()
        var provider: String
        var reads: [Workload.Read]
        var firstEnds: [Int64]
        /// Of each token, in milliseconds.
        var life: Int64
        var begin: Int64
        var end: Int64
    }

    enum Outcome: Hashable, Sendable {
        case fresh
        case waited
        case missed
        /// The reader waits still.
        case open
    }

    enum Happening: Sendable {
        case read(Int)
        case readerGone(ReaderID)
        case flush
    }

    let ground: Ground
    var stage: Stage<Happening>
    /// Of each read.
    private(set) var outcomes: [Outcome]
    /// Every PATCH that was sent.
    private(set) var calls: [(time: Int64, grant: Int)] = []
    private var keys: [SessionKey] = []
    private var places: [SessionKey: Int] = [:]
    private var grants: [Grant] = []
    private var reads: [Int] = []
    private var waiting: [ReaderID: Int] = [:]
    private var lastReader = 0

    init(_ ground: Ground, seed: UInt64) {
        self.ground = ground
        outcomes = Array(repeating: .open, count: ground.reads.count)
        let (project, isMetered) = (ground.project, ground.project.metering == .metered)
        var server = AppwriteServer(
            settings: ServerSettings(windowLength: project.budget.window.wholeMilliseconds), seed: seed)
        server.setUp(
            ProjectSetup(
                id: "app", apiKeys: [APIKey(key: "key", scopes: ["users.read", "users.write"])],
                devKeys: isMetered ? [] : [DevKey(key: "dev")],
                providers: [ProviderSetup(name: ground.provider, behaviour: ProviderBehaviour(lifetime: ground.life))]))
        for grant in ground.firstEnds.indices {
            let login = Login(project: "app", provider: ground.provider, providerUID: "g\(grant)", userID: "u\(grant)")
            guard let session = server.logIn(login, now: ground.firstEnds[grant] - ground.life),
                let facts = SessionFacts(session)
            else { continue }
            let key = SessionKey(project: project.alias, session: facts.session)
            places[key] = keys.count
            keys.append(key)
            grants.append(
                Grant(
                    project: project.alias, user: facts.user, provider: facts.provider,
                    providerUID: facts.providerUID))
        }
        reads = Array(repeating: 0, count: ground.firstEnds.count)
        let site = Site(
            alias: project.alias, project: "app", host: project.host.rawValue, apiKey: "key",
            devKey: isMetered ? nil : "dev")
        stage = Stage(
            rules: Rules(projects: [project], waits: ground.waits), wire: Wire(server: server, sites: [site]),
            now: ground.begin, seed: seed)
    }

    mutating func go() {
        stage.start()
        for grant in grants {
            guard case .success(let facts) = stage.wire.list(grant.user, in: grant.project, now: stage.serverNow)
            else { continue }
            stage.take(.listed(grant.project, grant.user, facts, stage.headersNow()))
        }
        if let first = ground.reads.first { stage.plan(.read(0), at: first.time) }
        stage.plan(.flush, at: ground.begin + 30_000)
        while let happening = stage.next(until: ground.end) {
            hear()
            switch happening {
            case .read(let index): read(index)
            case .readerGone(let reader): leave(reader)
            case .flush: flush()
            }
            hear()
        }
        hear()
    }

    private mutating func read(_ index: Int) {
        if index + 1 < ground.reads.count { stage.plan(.read(index + 1), at: ground.reads[index + 1].time) }
        let read = ground.reads[index]
        reads[read.grant] += 1
        if isFresh(keys[read.grant]) {
            outcomes[index] = .fresh
            return
        }
        let minValid = Duration.milliseconds(Workload.minValid)
        guard read.waits else {
            outcomes[index] = .missed
            return stage.take(.read(ReaderID(0), Wish(asker: .app, minValid: minValid, waits: false), keys[read.grant]))
        }
        lastReader += 1
        waiting[ReaderID(lastReader)] = index
        stage.plan(.readerGone(ReaderID(lastReader)), at: stage.now + 30_000)
        let wish = Wish(asker: .app, minValid: minValid, waits: true)
        stage.take(.read(ReaderID(lastReader), wish, keys[read.grant]))
    }

    private func isFresh(_ key: SessionKey) -> Bool {
        guard let row = stage.machine.memory.row(key) else { return false }
        return row.remainingLife(at: stage.wall, by: ground.project).map { $0 >= .milliseconds(Workload.minValid) }
            ?? false
    }

    private mutating func hear() {
        for reply in stage.replies { leave(reply.reader) }
        stage.replies = []
        stage.notices = []
        for sent in stage.sent { calls.append((sent.time, places[sent.key] ?? 0)) }
        stage.sent = []
    }

    private mutating func leave(_ reader: ReaderID) {
        guard let index = waiting.removeValue(forKey: reader) else { return }
        let key = keys[ground.reads[index].grant]
        outcomes[index] = isFresh(key) ? .waited : .missed
        if outcomes[index] == .missed { stage.take(.readerLeft(reader, key)) }
    }

    private mutating func flush() {
        for grant in grants.indices where reads[grant] > 0 {
            stage.take(.noted(.read(grants[grant], times: reads[grant], at: stage.wall)))
            reads[grant] = 0
        }
        stage.plan(.flush, at: stage.now + 30_000)
    }
}
