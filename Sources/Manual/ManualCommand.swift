// `refreshd-manual`: writes the manual pages and the message catalog, from the commands' own help, the comments of the
// settings file and the kinds of event, so that none can say anything else than they do. `make man` and `make catalog`
// call it.

package import ArgumentParser
import Foundation
import Refreshd

package struct ManualCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "refreshd-manual", abstract: "Write the manual pages of refreshd, or its message catalog.",
        subcommands: [PagesCommand.self, CatalogCommand.self], defaultSubcommand: PagesCommand.self)

    package init() {}
}

/// `refreshd-manual catalog`.
struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "Write the message catalog of systemd's journal.")

    @Option(help: "The file to write.", completion: .file())
    var output: String

    func run() throws {
        try Data(Catalog.text.utf8).write(to: URL(fileURLWithPath: output))
    }
}

/// `refreshd-manual pages`.
struct PagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pages", abstract: "Write the manual pages.")

    @Option(help: "The settings file whose comments become refreshd.yaml(5).", completion: .file())
    var settings: String

    @Option(help: "The folder to write to.", completion: .directory)
    var output: String

    func run() throws {
        let date = Self.date
        let help = try JSONDecoder().decode(CommandHelp.self, from: Data(RefreshdCommand._dumpHelp().utf8))
        var pages = CommandPage.all(of: help.command, date: date)
        let text = try String(contentsOfFile: settings, encoding: .utf8)
        pages.append(SettingsPage(text: text, date: date).page)
        pages.append(JournalPage(date: date).page)
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        for page in pages {
            try Data(page.text.utf8).write(to: URL(fileURLWithPath: "\(output)/\(page.file)"))
        }
    }

    /// The same sources give the same pages where `SOURCE_DATE_EPOCH` says when they are from
    /// (reproducible-builds.org); else they are from today.
    private static var date: String {
        let stated = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap { Double($0) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "MMMM d, yyyy"
        return format.string(from: stated.map { Date(timeIntervalSince1970: $0) } ?? Date())
    }
}
