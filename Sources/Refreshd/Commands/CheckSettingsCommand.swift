// `refreshd check-settings`: tells all mistakes of a settings file before a start or a reload finds them.

import ArgumentParser
import Vocabulary

struct CheckSettingsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-settings", abstract: "Check a settings file, and tell every mistake in it.",
        discussion: "Reads the file only: no key, no socket, no network.")

    @OptionGroup var settings: SettingsOption

    func act(on console: Console) async throws(CommandFailure) {
        let names = try settings.load().settings.projects.map(\.alias.rawValue).joined(separator: ", ")
        try console.write("\(settings.config.shown()) is sound. Projects: \(names).\n")
    }
}
