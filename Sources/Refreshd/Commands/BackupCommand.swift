// `refreshd backup`: a copy of the store, while the daemon runs or not.

import ArgumentParser
import SessionStorage
import Vocabulary

struct BackupCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the store to a file, while the daemon runs or not.",
        discussion: """
            The copy is whole as of one moment, and sealed as the store is: it needs the store's key, see `refreshd key \
            export`. To restore both: stop the daemon; put the copy in the place of sessions.db in the state folder, \
            without the files sessions.db-wal and sessions.db-shm that may lie there; put the key where the settings \
            say; give both to the daemon's user, with mode 600; start it. Never let two daemons refresh the same \
            sessions.
            """)

    @ArgumentParser.Argument(help: "The file to make.", completion: .file())
    var file: String

    @OptionGroup var settings: SettingsOption

    func act(on console: Console) async throws(CommandFailure) {
        let state = try settings.load().settings.state
        let keys = try CommandFailure.told(making: file) { () throws(OpenError) in
            try StoreBackup.copy(state.storePath, to: file)
        }
        let names = keys.map(\.description).joined(separator: " and ")
        try console.write("\(file.shown()) holds the store as it was just now. It needs the key \(names).\n")
    }
}
