// `refreshd key rotate`: seals all of the store anew, with another key.

import ArgumentParser
import Glibc
import RefreshEngine
import SessionStorage
import TokenAPI
import Vocabulary

struct KeyRotateCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Change the store's key for a new one.",
        discussion: """
            While the daemon runs, it seals everything anew itself, and serves on meanwhile; this waits for it, and may be \
            broken off. Where it does not run, this does it, and must be run by its user: sudo -u refreshd refreshd key \
            rotate
            The change may be broken off at any point: the store can be used, and the daemon's next start, or running this \
            again, goes on where it was. The former key is kept beside the new one, since backups made before need it. \
            Where the daemon gets its key as a credential, this says how another gets there; or, with the daemon stopped, \
            name the file that it comes from by --key-file, and a new key by --new-key-file.
            """)

    @OptionGroup var settings: SettingsOption

    @Option(help: "The file of the key in use, where it is not where the settings say.", completion: .file())
    var keyFile: String?

    @Option(help: "The file of the new key, as `refreshd key new` makes it.", completion: .file())
    var newKeyFile: String?

    func validate() throws {
        guard (keyFile == nil) == (newKeyFile == nil) else {
            throw ValidationError("Give both of --key-file and --new-key-file, or neither.")
        }
    }

    func act(on console: Console) async throws(CommandFailure) {
        let settings = try settings.load().settings
        let state = settings.state
        // Opening would make a store where there is none.
        let keys = try CommandFailure.told { () throws(OpenError) in try StoreBackup.keys(of: state.storePath) }
        if keyFile == nil, try await isDoneByDaemon(at: settings.sockets.control.path, of: keys, console) { return }
        try Self.checkOwner(of: state.storePath)
        let (former, new) = try self.keys(state)
        let store = try open(state.storePath, StoreKeys(main: former, next: new))
        var change = KeyChange(of: store, to: new)
        do throws(StoreError) {
            while try await change.step() {}
            try store.close()
        } catch {
            throw CommandFailure(.unavailable, "\(error.words) Run it again: it goes on where it was.")
        }
        tell(damaged: change.unopened, console)
        try console.write("\(change.rows) sessions are sealed anew. The store needs the key \(new.id) now.\n")
        try console.write(try settle(state, former: former))
    }

    /// False where no daemon runs.
    private func isDoneByDaemon(
        at path: String, of keys: [KeyID], _ console: Console
    ) async throws(CommandFailure) -> Bool {
        let client = SocketClient(path: path)
        var state: KeyBody
        do throws(CommandFailure) {
            (state, _) = try await client.ask(SocketRequest(.get, "/v1/key"), for: KeyBody.self)
        } catch {
            guard error.status == .unavailable, !error.isAnswer else { throw error }
            return false
        }
        guard keys.map(\.description).contains(state.key) else {
            throw CommandFailure(
                .settings,
                """
                The refreshd that answers at \(path.shown()) works with another store than these settings name. Name its \
                settings by --config, or stop it first.
                """)
        }
        (state, _) = try await client.ask(SocketRequest(.post, "/v1/key"), for: KeyBody.self)
        var toldFailure: String?
        while state.changingTo != nil {
            if let failure = state.failure, failure != toldFailure {
                console.note("refreshd: it does not get on, and is tried again: \(failure.shown(limit: 1000))")
                toldFailure = failure
            }
            do {
                try await Task.sleep(for: Self.pause)
            } catch {
                throw CommandFailure(.tryAgain, "broken off here; the daemon goes on.")
            }
            (state, _) = try await client.ask(SocketRequest(.get, "/v1/key"), for: KeyBody.self)
        }
        tell(damaged: state.unopened, console)
        try console.write("\(state.sealed) sessions are sealed anew. The store needs the key \(state.key) now.\n")
        if let remark = state.remark { try console.write(remark.shown(limit: 2000) + "\n") }
        return true
    }

    private static let pause: Duration = .milliseconds(300)

    private func tell(damaged count: Int, _ console: Console) {
        guard count > 0 else { return }
        console.note("refreshd: \(count) values were damaged before, and are left as they are")
    }

    private func keys(_ state: StateSettings) throws(CommandFailure) -> (former: SealingKey, new: SealingKey) {
        try CommandFailure.told { () throws(OpenError) in
            if let keyFile, let newKeyFile {
                return (try Self.key(in: keyFile, state), try Self.key(in: newKeyFile, state))
            }
            return (try Self.key(in: state.keyFiles.path, state), try state.keyFiles.makeNext())
        }
    }

    private static func key(in path: String, _ state: StateSettings) throws(OpenError) -> SealingKey {
        guard let key = try SealingKey.load(path) else {
            throw OpenError.keyMissing(key: path, store: state.storePath)
        }
        return key
    }

    private func open(_ path: String, _ keys: StoreKeys) throws(CommandFailure) -> SQLiteStore {
        do throws(OpenError) {
            return try SQLiteStore.open(path: path, keys: keys) { _ in }
        } catch .locked(let store, let holder) {
            let process = holder.map { " as process \($0)" } ?? ""
            throw CommandFailure(
                .tryAgain,
                """
                refreshd runs\(process) and works with \(store). Stop it first (systemctl stop refreshd), and start it \
                again afterwards.
                """)
        } catch {
            throw CommandFailure(ExitStatus(error), error.description)
        }
    }

    /// Puts the new key in its place. Gives what is to be said of that.
    private func settle(_ state: StateSettings, former: SealingKey) throws(CommandFailure) -> String {
        if let newKeyFile {
            return "Give the daemon \(newKeyFile.shown()) as its key, and then start it.\n"
        }
        let kept = try CommandFailure.told { () throws(OpenError) in try state.keyFiles.settle(former: former.id) }
        return """
            It is in \(state.keyFiles.path.shown()). The former key is kept in \(kept.shown()): backups made before \
            need it. Remove it when there are none.

            """
    }

    /// The files that are made on the way belong to whoever makes them, and the daemon must be able to use them.
    private static func checkOwner(of store: String) throws(CommandFailure) {
        var facts = stat()
        guard stat(store, &facts) == 0, facts.st_uid != geteuid() else { return }
        let name = LocalAccounts.name(ofUser: facts.st_uid) ?? "#\(facts.st_uid)"
        throw CommandFailure(
            .noPermission,
            "The store \(store.shown()) is \(name)'s. Run this as that user: sudo -u \(name) refreshd key rotate")
    }
}
