// `refreshd key …`: the key that seals the store. It is made, copied for a backup, and changed for another.

import ArgumentParser
import SessionStorage
import Vocabulary

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make, export and rotate the key that seals the store.",
        subcommands: [KeyNewCommand.self, KeyExportCommand.self, KeyRotateCommand.self])
}

struct KeyNewCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a new key, in a file or for a pipe.",
        discussion: """
            For a credential: refreshd key new | systemd-creds encrypt --name=refreshd-key - refreshd-key.cred
            A store is sealed with its key for good: this changes the key of none. See `refreshd key rotate`.
            """)

    @OptionGroup var target: KeyTarget

    func act(on console: Console) async throws(CommandFailure) {
        try target.write(.random(), on: console)
    }
}

struct KeyExportCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Copy the store's key, for a backup.",
        discussion: """
            Without its key a backup of the store is worth nothing, and with it everything in it can be read: keep the \
            two apart. A key that the daemon gets as a credential is where LoadCredential= in its unit says.
            """)

    @OptionGroup var target: KeyTarget
    @OptionGroup var settings: SettingsOption

    func act(on console: Console) async throws(CommandFailure) {
        let (settings, folders) = try settings.load()
        let state = settings.state
        let keys = try CommandFailure.told { () throws(OpenError) in try StoreBackup.keys(of: state.storePath) }
        guard keys.count == 1, let needed = keys.first else {
            throw CommandFailure(
                .tryAgain, "The store is being changed for another key. Run `refreshd key rotate` to its end first.")
        }
        guard let key = try state.givenKeys(folders).first(where: { $0.id == needed }) else {
            throw CommandFailure(
                .settings,
                """
                The store \(state.storePath) needs the key \(needed), which is not in \(state.keyFiles.path). Where the \
                daemon gets it as a credential, it is where LoadCredential= in the daemon's unit says: copy that.
                """)
        }
        try target.write(key, on: console)
    }
}

/// Where a key is written: a new file, or a pipe. On a terminal it would be seen, and stay in its memory.
struct KeyTarget: ParsableArguments {
    @ArgumentParser.Argument(
        help: "The file to make, readable by its owner alone. Without it, the key goes to standard output.",
        completion: .file())
    var file: String?

    @Flag(help: "Write the key to a terminal too.")
    var force = false

    func write(_ key: SealingKey, on console: Console) throws(CommandFailure) {
        if let file {
            try CommandFailure.told(making: file) { () throws(OpenError) in try key.write(to: file) }
            return try console.write("\(file.shown()) holds the key \(key.id).\n")
        }
        guard console.screen() == nil || force else {
            throw CommandFailure(
                .usage,
                "The key would be seen on this terminal. Name a file for it, pipe it on, or add --force.")
        }
        try console.write(key.reveal() + "\n")
    }
}

extension StateSettings {
    /// The keys that this process finds: the credential's, where it has one, and those of the files.
    fileprivate func givenKeys(_ folders: ServiceFolders) throws(CommandFailure) -> [SealingKey] {
        let credential: SealingKey?
        do throws(StartError) {
            credential = try credentialKey(folders)
        } catch {
            throw CommandFailure(ExitStatus(error), error.description)
        }
        let files = try CommandFailure.told { () throws(OpenError) in
            [try SealingKey.load(keyFiles.path), try SealingKey.load(keyFiles.nextPath)]
        }
        return ([credential] + files).compactMap { $0 }
    }
}

extension CommandFailure {
    /// Does what may be refused by the store or its files.
    static func told<Value>(_ body: () throws(OpenError) -> Value) throws(CommandFailure) -> Value {
        do throws(OpenError) {
            return try body()
        } catch {
            throw CommandFailure(ExitStatus(error), error.words)
        }
    }
}
