// A load under the real scheduler, over the model of Appwrite, where nothing goes wrong.

import AppwriteModel
import RefreshPolicy

extension Workload {
    /// Runs it, and keeps the books of the laws meanwhile.
    package func scheduled(seed: UInt64) -> (Score, breaches: [LawBook.Breach]) {
        var run = WorkloadRun(self, seed: seed)
        run.go()
        return (run.result, run.stage.book.breaches)
    }
}

private struct WorkloadRun {
    enum Happening: Sendable {
        case read(Int)
        case readerGone(ReaderID)
        case flush
    }

    let load: Workload
    var stage: Stage<Happening>
    var result = Score()
    private var keys: [SessionKey] = []
    private var grants: [Grant] = []
    private var reads: [Int] = []
    private var waiting: [ReaderID: SessionKey] = [:]
    private var lastReader = 0
    private let project: ProjectRules

    init(_ load: Workload, seed: UInt64) {
        self.load = load
        var server = AppwriteServer(seed: seed)
        server.setUp(
            ProjectSetup(
                id: "app", apiKeys: [APIKey(key: "key", scopes: ["users.read", "users.write"])],
                providers: [ProviderSetup(name: "google", behaviour: ProviderBehaviour(lifetime: Workload.life))]))
        let alias = WorkloadRun.named("app", ProjectAlias.init)
        var rules = ProjectRules(alias: alias, host: HostName("appwrite.example"), hasAPIKey: true)
        rules.keepRules = [KeepRule(user: nil, provider: nil, keeping: load.keeping)]
        project = rules
        for grant in 0..<load.grants {
            let login = Login(project: "app", provider: "google", providerUID: "g\(grant)", userID: "u\(grant)")
            guard let session = server.logIn(login, now: load.firstEnds[grant] - Workload.life),
                let facts = SessionFacts(session)
            else { continue }
            keys.append(SessionKey(project: alias, session: facts.session))
            grants.append(
                Grant(project: alias, user: facts.user, provider: facts.provider, providerUID: facts.providerUID))
        }
        reads = Array(repeating: 0, count: load.grants)
        let wire = Wire(
            server: server, sites: [Site(alias: alias, project: "app", host: "appwrite.example", apiKey: "key")])
        stage = Stage(rules: Rules(projects: [rules]), wire: wire, now: load.begin, seed: seed)
    }

    mutating func go() {
        stage.start()
        for grant in grants {
            guard case .success(let facts) = stage.wire.list(grant.user, in: grant.project, now: stage.serverNow)
            else { continue }
            stage.take(.listed(grant.project, grant.user, facts, stage.headersNow()))
        }
        if !load.reads.isEmpty { stage.plan(.read(0), at: load.reads[0].time) }
        stage.plan(.flush, at: load.begin + 30_000)
        while let happening = stage.next(until: load.end) {
            hear()
            switch happening {
            case .read(let index): read(index)
            case .readerGone(let reader): leave(reader)
            case .flush: flush()
            }
            hear()
        }
        result.calls = stage.book.tally.patches
    }

    private mutating func read(_ index: Int) {
        if index + 1 < load.reads.count { stage.plan(.read(index + 1), at: load.reads[index + 1].time) }
        let read = load.reads[index]
        reads[read.grant] += 1
        if isFresh(keys[read.grant]) {
            result.fresh += 1
            return
        }
        let minValid = Duration.milliseconds(Workload.minValid)
        guard read.waits else {
            result.missed += 1
            return stage.take(.read(ReaderID(0), Wish(asker: .app, minValid: minValid, waits: false), keys[read.grant]))
        }
        lastReader += 1
        waiting[ReaderID(lastReader)] = keys[read.grant]
        stage.plan(.readerGone(ReaderID(lastReader)), at: stage.now + 30_000)
        let wish = Wish(asker: .app, minValid: minValid, waits: true)
        stage.take(.read(ReaderID(lastReader), wish, keys[read.grant]))
    }

    private func isFresh(_ key: SessionKey) -> Bool {
        guard let row = stage.machine.memory.row(key) else { return false }
        return row.remainingLife(at: stage.wall, by: project).map { $0 >= .milliseconds(Workload.minValid) } ?? false
    }

    private mutating func hear() {
        for (reader, _) in stage.replies { leave(reader) }
        stage.replies = []
        stage.notices = []
        stage.sent = []
    }

    private mutating func leave(_ reader: ReaderID) {
        guard let key = waiting.removeValue(forKey: reader) else { return }
        if isFresh(key) {
            result.fresh += 1
            result.waited += 1
        } else {
            result.missed += 1
            stage.take(.readerLeft(reader, key))
        }
    }

    private mutating func flush() {
        for grant in grants.indices where reads[grant] > 0 {
            stage.take(.noted(.read(grants[grant], times: reads[grant], at: stage.wall)))
            reads[grant] = 0
        }
        stage.plan(.flush, at: stage.now + 30_000)
    }

    private static func named<Name>(_ text: String, _ make: (String) -> Name?) -> Name {
        guard let name = make(text) else { preconditionFailure("\(text) is a name") }
        return name
    }
}
