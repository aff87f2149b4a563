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
    private let settings: InForce<Settings>
    private let file: String
    private let folders: ServiceFolders
    private let hangups: UnixSignalsSequence
    private let sockets: ServedSockets
    private let log: Log
    private let clock: SteadyWallClock
    private let store: SQLiteStore
    private let keys: KeyKeeper
    private let client: AppwriteClient
    private let engine: Engine
    private let door: Doorkeeper
    private let teller: AccessTeller

    /// Opens all that a run needs. Each thing that is wrong is a `StartError` that says what to do.
    /// - Parameter file: where the settings come from, and are read anew at each of `hangups`.
    init(
        settings: Settings, of file: String, folders: ServiceFolders, hangups: UnixSignalsSequence, log: Log
    ) async throws(StartError) {
        self.settings = InForce(settings)
        self.file = file
        self.folders = folders
        self.hangups = hangups
        self.log = log
        sockets = try ServedSockets(settings.sockets)
        clock = SteadyWallClock(Self.machine)
        let teller = AccessTeller(log)
        self.teller = teller
        door = Doorkeeper(settings.access) { teller.tell($0) }
        let projects = try settings.appwriteProjects()
        let opened = try settings.state.open(folders, log)
        store = opened.store
        try await store.note(settings)
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
            journal: log, clock: clock, state: state, seed: UInt64.random(in: .min ... .max), executor: store.writing)
    }

    /// Runs until SIGTERM or SIGINT. The engine stops first, so that every waiting reader is answered; then the
    /// sockets, then the connections to Appwrite.
    func run() async throws {
        let readiness = Readiness(of: sockets.all.count)
        let (servers, watched) = servers(readiness)
        let manager = ManagerLine(
            engine: engine, projects: settings.now.projects.map(\.alias),
            api: APIPulse(sockets.tokens.first, clock: clock), clock: clock, log: log, readiness: readiness,
            patience: Self.patience)
        var services: [any Service] = [
            Running(body: { await cancelWhenGracefulShutdown { await client.run() } })
        ]
        services += servers
        services += [
            FileWatch(
                store: store.files.map(WatchedFile.init), sockets: watched, clock: clock, remark: manager.remark,
                tell: { [log] in log.tell($0) }),
            Running(body: { await engine.run() }, onGracefulShutdown: { engine.stop() }),
            keys,
            manager,
            DevKeyWatch(settings: settings, clock: clock, log: log),
            Reloading(
                hangups: hangups, file: file, folders: folders, started: settings.now, inForce: settings,
                store: store, engine: engine, client: client, door: door, clock: clock, log: log, manager: manager),
        ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: library))
        for name in sockets.left { log.tell(.socketLeft(name)) }
        defer {
            teller.flush()
            log.flush()
        }
        try await group.run()
        closeStore()
        log.tell(Telling(.daemon(.stopped), "stopped"))
    }

    /// A server for each socket; and their files, which are watched.
    private func servers(_ readiness: Readiness) -> ([any Service], watched: [FileWatch.Socket]) {
        var servers: [any Service] = []
        var watched: [FileWatch.Socket] = []
        for socket in sockets.all {
            let file = socket.listener.address.map(WatchedFile.init)
            let mustBe = socket.mustBeSeen(in: folders)
            let serve = { @Sendable (onListening: @escaping @Sendable () -> Void) in
                server(on: socket) {
                    file?.learn(mustBe: mustBe)
                    onListening()
                }
            }
            servers.append(serve { readiness.one() })
            guard let file else { continue }
            let maker: FileWatch.Maker =
                socket.ownPath == nil
                ? .systemd(socket.name) : .refreshd { [log] in serve { log.tell(.socketMadeAnew(file.path)) } }
            watched.append(FileWatch.Socket(file: file, maker: maker))
        }
        return (servers, watched)
    }

    private func server(on socket: ServedSocket, onListening: @escaping @Sendable () -> Void) -> SocketServer {
        switch socket.name.role {
        case .token:
            .tokens(
                on: socket.listener, named: socket.name, reading: engine.tokens, registering: engine.control,
                door: door,
                clock: clock, logger: library, onListening: onListening)
        case .control:
            .control(
                on: socket.listener, controlling: engine.control, keys: keys, door: door, clock: clock,
                logger: library, onListening: onListening)
        }
    }

    /// For the sockets, and the libraries under them.
    private var library: Logger {
        Logger(label: "refreshd") { [log] _ in LibraryLog(log) }
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
