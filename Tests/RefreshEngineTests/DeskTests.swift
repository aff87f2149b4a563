// What operators ask for goes through the loop, and is acknowledged when it is on disk.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("The control desk", .timeLimit(.minutes(10)))
struct DeskTests {
    private let bench = EngineBench()
    private static let secret = Secret("login-secret")

    /// What an operator was told.
    private enum Told: Equatable, Sendable {
        case row(SessionRow)
        case report(RefreshReport)
        case status(EngineStatus)
        case done
        case error(ControlError)
    }

    private func ask(_ question: @escaping @Sendable (ControlDesk) async throws(ControlError) -> Told) -> Underway<Told>
    {
        bench.launch { [engine = bench.engine] in
            do throws(ControlError) { return try await question(engine.control) } catch { return .error(error) }
        }
    }

    private func register() -> Underway<Told> {
        ask { desk throws(ControlError) in
            guard let secret = Self.secret else { return .done }
            return .row(try await desk.register(secret: secret, in: .app))
        }
    }

    private func refresh(_ key: SessionKey, maxWait: Duration = .seconds(10)) -> Underway<Told> {
        ask { desk throws(ControlError) in .report(try await desk.refresh(key, maxWait: maxWait)) }
    }

    @Test("registers a session by its secret: kept always, on disk when it is acknowledged")
    func registers() throws {
        bench.appwrite.put(.google("s1", left: .seconds(3000)), in: .app, secret: Self.secret)
        bench.begin()
        bench.store.beforeWriting.shut()
        let told = register()
        #expect(told.value == nil)

        bench.store.beforeWriting.open()
        bench.settle()

        let row = try #require(bench.row(.app("s1")))
        #expect(told.value == .row(row))
        #expect(row.keep == .always)
        #expect(row.secret == Self.secret)
        bench.crash()
    }

    @Test("makes one row of a session that was found and is then registered")
    func registersFound() throws {
        bench.appwrite.put(
            .google("s1", left: .seconds(3000)), in: .app, secret: Self.secret, identity: bench.appwrite.serverTime)
        bench.searches = [SearchRules(project: .app)]
        bench.begin()
        #expect(bench.row(.app("s1"))?.keep == .used)

        _ = register()
        bench.pass(.seconds(120))

        #expect(bench.memory.rows.count == 1)
        let row = try #require(bench.memory.rows.first)
        #expect(row.keep == .always)
        #expect(row.secret == Self.secret)
        #expect(row.source == .apiKey)
        bench.crash()
    }

    @Test("refuses a secret that Appwrite refuses, and a session with nothing to refresh")
    func refuses() {
        bench.begin()
        #expect(register().value == .error(.appwrite(.refused(.loginRefused))))

        var facts = SessionFacts.google("s1", left: .seconds(3000))
        facts.token = nil
        facts.hasRefreshToken = false
        bench.appwrite.put(facts, in: .app, secret: Self.secret)
        #expect(register().value == .error(.notRefreshable(Reason(.noProviderTokens))))
        #expect(bench.memory.rows.isEmpty)
        bench.crash()
    }

    @Test("acknowledges nothing when the loop has ended")
    func ended() {
        let key = bench.know(.google("s1", left: .seconds(3000)), secret: Self.secret)
        bench.begin()
        bench.crash()

        let removal = ask { desk throws(ControlError) in
            try await desk.remove(key)
            return .done
        }

        guard case .error(.store) = removal.value else {
            Issue.record("told \(String(describing: removal.value)) of a removal that did not happen")
            return
        }
        #expect(bench.row(key) != nil)
    }

    @Test("removes a session with its token, lets its readers go, and is not moved by the answer that comes later")
    func removes() {
        let key = bench.know(.google("s1", left: .seconds(30)))
        bench.appwrite.spends.shut()
        bench.begin()
        let reader = bench.read(key, maxWait: .seconds(60))

        let removal = ask { desk throws(ControlError) in
            try await desk.remove(key)
            return .done
        }
        #expect(removal.value == .done)
        #expect(reader.value == .unknownSession)
        bench.appwrite.spends.open()
        bench.pass(.seconds(60))

        #expect(bench.memory.rows.isEmpty)
        bench.crash()
    }

    @Test("refreshes now a token that is fresh, within the laws")
    func refreshes() throws {
        let key = bench.know(.google("s1", left: .seconds(3500)))
        bench.begin()
        #expect(bench.spendCount == 0)

        let told = refresh(key).value

        let row = try #require(bench.row(key))
        #expect(row.token?.value == Secret("renewed-1"))
        #expect(told == .report(RefreshReport(ending: .renewed, row: row)))
        bench.crash()
    }

    @Test("says how a refresh ended that brought no token")
    func refreshEndings() {
        let key = bench.know(.google("s1", left: .seconds(3500)))
        bench.begin()

        bench.appwrite.answer(.refused(.providerFailed), toSpendOn: key)
        let failed = refresh(key).value
        bench.appwrite.spends.shut()
        let underway = refresh(key, maxWait: .seconds(5))
        bench.pass(.seconds(5))
        bench.appwrite.spends.open()
        bench.settle()
        bench.appwrite.answer(.refused(.rateLimited), toSpendOn: key)
        let limited = refresh(key).value

        #expect(ending(of: failed) == .failed)
        #expect(ending(of: underway.value) == .underWay)
        #expect(ending(of: limited) == .notNow)
        bench.crash()
    }

    private func ending(of told: Told?) -> RefreshReport.Ending? {
        if case .report(let report) = told { report.ending } else { nil }
    }

    @Test("knows the state of things, also while the loop stands in a write")
    func status() {
        bench.know(.google("s1", left: .seconds(30)))
        bench.know(.google("s2", of: "bob", left: .seconds(3000)))
        bench.appwrite.looks.shut()
        bench.begin()
        bench.store.beforeWriting.shut()
        bench.appwrite.looks.open()
        bench.settle()
        #expect(bench.store.beforeWriting.count == 1)

        let told = ask { desk throws(ControlError) in .status(try await desk.status()) }.value

        guard case .status(let status) = told else {
            Issue.record("told \(String(describing: told))")
            return
        }
        #expect(status.projects == [.app])
        #expect(status.counts.reduce(0) { $0 + $1.count } == 2)
        #expect(status.hosts.map(\.remaining) == [9])
        #expect(status.nextWakeAt != nil)
        bench.crash()
    }
}
