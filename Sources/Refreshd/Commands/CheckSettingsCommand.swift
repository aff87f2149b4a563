// `refreshd check-settings`: tells all mistakes of a settings file before a restart finds them.

import ArgumentParser
import Foundation

struct CheckSettingsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-settings", abstract: "Check a settings file, and tell every mistake in it.",
        discussion: "Reads the file only: no key, no socket, no network.")

    @Option(help: "The settings file.", completion: .file(extensions: ["yaml"]))
    var config = Settings.usualFile

    func act(on console: Console) async throws(CommandFailure) {
        let folders = ServiceFolders(environment: ProcessInfo.processInfo.environment)
        let settings: Settings
        do throws(SettingsError) {
            settings = try Settings.load(config, folders: folders)
        } catch {
            throw CommandFailure(ExitStatus(error), error.description)
        }
        let names = settings.projects.map(\.alias.rawValue).joined(separator: ", ")
        try console.write("\(config.shown()) is sound. Projects: \(names).\n")
    }
}
