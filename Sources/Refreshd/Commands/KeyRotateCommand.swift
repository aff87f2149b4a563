// `refreshd key rotate`: seals all of the store anew, with another key.

import ArgumentParser
import Glibc
import RefreshEngine
import SessionStorage
import Vocabulary

struct KeyRotateCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Change the store's key for a new one.",
        discussion: """
            The daemon must be stopped, and this run by its user: sudo -u refreshd refreshd key rotate
            It may be broken off at any point: the store can be used, and running it again goes on where it was. The \
            former key is kept beside the new one, since backups made before need it. Where the daemon gets its key as \
            a credential, name the file that it comes from by --key-file, and a new key by --new-key-file.
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
        let state = try settings.load().settings.state
        // Opening would make a store where there is none.
        _ = try CommandFailure.told { () throws(OpenError) in try StoreBackup.keys(of: state.storePath) }
        try Self.checkOwner(of: state.storePath)
        let (former, new) = try keys(state)
        let store = try open(state.storePath, StoreKeys(main: former, next: new))
        var change = KeyChange(of: store, to: new)
        do throws(StoreError) {
            while try change.step() {}
            try store.close()
        } catch {
            throw CommandFailure(.unavailable, "\(error.words) Run it again: it goes on where it was.")
        }
        if change.unopened > 0 {
            console.note("refreshd: \(change.unopened) values were damaged before, and are left as they are")
        }
        try console.write("\(change.rows) sessions are sealed anew. The store needs the key \(new.id) now.\n")
        try console.write(try settle(state, former: former))
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
