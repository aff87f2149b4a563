// `refreshd settings`: what the daemon runs by, and where each of it came from.

import ArgumentParser
import Foundation

struct SettingsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Show the settings that hold, and where each came from.",
        discussion: """
            Reads the file only: no key, no socket, no network. Secrets are shown by the names of their credentials and \
            files. The folders that systemd sets for the daemon are known only where its environment is.
            """)

    @Option(help: "The settings file.", completion: .file(extensions: ["yaml"]))
    var config = Settings.usualFile

    @OptionGroup var output: JSONFlag

    func act(on console: Console) async throws(CommandFailure) {
        let folders = ServiceFolders(environment: ProcessInfo.processInfo.environment)
        let listing: SettingsListing
        do throws(SettingsError) {
            listing = SettingsListing(file: config, settings: try Settings.read(config, folders: folders).effective)
        } catch {
            throw CommandFailure(ExitStatus(error), error.description)
        }
        try console.write(output.json ? try SocketClient.json(SettingsBody(listing)) + "\n" : listing.text)
    }
}
