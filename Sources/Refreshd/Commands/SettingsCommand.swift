// `refreshd settings`: what the daemon runs by, and where each of it came from.

import ArgumentParser
import Vocabulary

struct SettingsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Show the settings that hold, and where each came from.",
        discussion: """
            Reads the file only: no key, no socket, no network. Secrets are shown by the names of their credentials and \
            files. The folders that systemd sets for the daemon are known only where its environment is.
            """)

    @OptionGroup var settings: SettingsOption

    @OptionGroup var output: JSONFlag

    func act(on console: Console) async throws(CommandFailure) {
        let (_, effective, _) = try settings.read()
        let listing = SettingsListing(file: settings.config, settings: effective)
        try console.write(output.json ? try SocketClient.json(SettingsBody(listing)) + "\n" : listing.text)
    }
}
