// The daemon, wired top to bottom: settings become parts, parts become services, and the service group runs and stops
// them in order.

import Appwrite
import Logging
import RefreshEngine
import RefreshPolicy
import ServiceLifecycle
import SessionStorage
import Systemd
import TokenAPI

struct Daemon {
    private let settings: Settings
    private let log: Log
    private let clock: SteadyWallClock
    private let store: SQLiteStore
    private let client: AppwriteClient
    private let engine: Engine
    private let door: Doorkeeper
    private let teller: AccessTeller

    /// Opens all that a run needs. Each thing that is wrong is a `StartError` that says what to do.
    init(settings: Settings, folders: ServiceFolders, log: Log) async throws(StartError) {
        self.settings = settings
        self.log = log
        clock = SteadyWallClock(MachineClock())
        let teller = AccessTeller(log)
        self.teller = teller
        door = Doorkeeper(settings.access) { teller.tell($0) }
        var projects: [AppwriteProject] = []
        for project in settings.projects { projects.append(try project.appwriteProject(settings.calls)) }
        store = try settings.state.open(folders, log)
        client = AppwriteClient(projects: projects, clock: clock)
        let state: StoredState
        do throws(StoreError) {
            state = try await store.recall()
        } catch {
            throw StartError(.unavailable, error.words)
        }
        engine = Engine(
            rules: settings.rules(at: clock.now()), searches: settings.searches, store: store, calls: client,
            journal: log, clock: clock,
            state: state, seed: UInt64.random(in: .min ... .max))
    }

    /// Runs until SIGTERM or SIGINT. The engine stops first, so that every waiting reader is answered; then the
    /// sockets, then the connections to Appwrite.
    func run() async throws {
        let readiness = Readiness(of: 2)
        let library = Logger(label: "refreshd") { [log] _ in LibraryLog(log) }
        let tokens = WatchedFile(settings.sockets.token.path)
        let control = WatchedFile(settings.sockets.control.path)
        // Made anew by `FileWatch` where its file is deleted.
        let serveTokens = { @Sendable [settings, engine, clock, door] (onListening: @escaping @Sendable () -> Void) in
            SocketServer.tokens(
                on: .path(settings.sockets.token), reading: engine.tokens, registering: engine.control, door: door,
                clock: clock, logger: library,
                onListening: {
                    tokens.learn()
                    onListening()
                })
        }
        let serveControl = { @Sendable [settings, engine, clock, door] (onListening: @escaping @Sendable () -> Void) in
            SocketServer.control(
                on: .path(settings.sockets.control), controlling: engine.control, door: door, clock: clock,
                logger: library,
                onListening: {
                    control.learn()
                    onListening()
                })
        }
        let services: [any Service] = [
            Running(body: { await cancelWhenGracefulShutdown { await client.run() } }),
            serveTokens { readiness.one() },
            serveControl { readiness.one() },
            FileWatch(
                store: store.files.map(WatchedFile.init),
                sockets: [
                    .init(file: tokens) { [log] in serveTokens { log.tell(.socketMadeAnew(tokens.path)) } },
                    .init(file: control) { [log] in serveControl { log.tell(.socketMadeAnew(control.path)) } },
                ], clock: clock, tell: { [log] in log.tell($0) }),
            Running(body: { await engine.run() }, onGracefulShutdown: { engine.stop() }),
            ManagerLine(
                engine: engine, projects: settings.projects.map(\.alias), clock: clock, log: log, readiness: readiness),
            DevKeyWatch(terms: settings.projects.compactMap(DevKeyTerm.init), clock: clock, log: log),
        ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: library))
        defer {
            teller.flush()
            log.flush()
        }
        try await group.run()
        closeStore()
        log.tell(Telling(.daemon(.stopped), "stopped"))
    }

    /// Everything is on disk already: a store that does not close tidily is no failed stop.
    private func closeStore() {
        do throws(StoreError) {
            try store.close()
        } catch {
            log.tell(Telling(.store(.leftOpen), "the store was not closed tidily: \(error.words)"))
        }
    }
}

/// A part of the engine as a service.
private struct Running: Service {
    let body: @Sendable () async -> Void
    var onGracefulShutdown: @Sendable () -> Void = {}

    func run() async throws {
        await withGracefulShutdownHandler {
            await body()
        } onGracefulShutdown: {
            onGracefulShutdown()
        }
    }
}
