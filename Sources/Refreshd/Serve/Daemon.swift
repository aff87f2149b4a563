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
import UnixSignals

struct Daemon {
    private let settings: SettingsInForce
    private let file: String
    private let folders: ServiceFolders
    private let hangups: UnixSignalsSequence
    private let doors: Doors
    private let log: Log
    private let clock: SteadyWallClock
    private let store: SQLiteStore
    private let keys: KeyKeeper
    private let client: AppwriteClient
    private let engine: Engine

    /// Opens all that a run needs. Each thing that is wrong is a `StartError` that says what to do.
    /// - Parameter file: where the settings come from, and are read anew at each of `hangups`.
    init(
        settings: Settings, of file: String, folders: ServiceFolders, hangups: UnixSignalsSequence, log: Log
    ) async throws(StartError) {
        self.settings = SettingsInForce(settings)
        self.file = file
        self.folders = folders
        self.hangups = hangups
        self.log = log
        doors = try Doors(settings.sockets)
        clock = SteadyWallClock(Self.machine)
        let projects = try settings.appwriteProjects()
        let opened = try settings.state.open(folders, log)
        store = opened.store
        keys = KeyKeeper(of: store, opened.keys, from: opened.place, clock: clock, log: log)
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
        let readiness = Readiness(of: doors.tokens.count + doors.control.count)
        let library = Logger(label: "refreshd") { [log] _ in LibraryLog(log) }
        var services: [any Service] = [
            Running(body: { await cancelWhenGracefulShutdown { await client.run() } })
        ]
        services += doors.tokens.map { door in
            SocketServer.tokens(
                on: door.listener, named: door.name, reading: engine.tokens, clock: clock, logger: library,
                onListening: { readiness.one() })
        }
        services += doors.control.map { door in
            SocketServer.control(
                on: door.listener, named: door.name, controlling: engine.control, clock: clock, keys: keys,
                logger: library, onListening: { readiness.one() })
        }
        let manager = ManagerLine(
            engine: engine, api: APIPulse(doors.tokens.first, clock: clock), clock: clock, log: log,
            readiness: readiness, patience: Self.patience)
        services += [
            Running(body: { await engine.run() }, onGracefulShutdown: { engine.stop() }),
            keys,
            manager,
            DevKeyWatch(settings: settings, clock: clock, log: log),
            Reloading(
                hangups: hangups, file: file, folders: folders, started: settings.now, inForce: settings,
                engine: engine, client: client, clock: clock, log: log, manager: manager),
        ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: library))
        for name in doors.left {
            log.tell(
                Telling(
                    nil, .warning,
                    """
                    the socket \(name) of the settings is not served: systemd passes other token sockets, and none of that \
                    name. Add a socket unit with FileDescriptorName=\(name), or take it out of the settings
                    """))
        }
        let names = settings.now.projects.map(\.alias.rawValue).joined(separator: ", ")
        log.tell(Telling(.started, .notice, "started; projects: \(names)"))
        defer { log.flush() }
        try await group.run()
        closeStore()
        log.tell(Telling(.stopping, .notice, "stopped"))
    }

    #if DEBUG
        private static let machine = FaultSwitch()
        private static let patience =
            FaultSwitch.patience.map { WatchdogPatience(loop: $0, api: $0) } ?? WatchdogPatience()
    #else
        private static let machine = MachineClock()
        private static let patience = WatchdogPatience()
    #endif

    /// Everything is on disk already: a store that does not close tidily is no failed stop.
    private func closeStore() {
        do throws(StoreError) {
            try store.close()
        } catch {
            log.tell(Telling(nil, .warning, "the store was not closed tidily: \(error.words)"))
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
