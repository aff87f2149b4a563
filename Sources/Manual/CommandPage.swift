// A page for each command: what its `--help` says.

import Vocabulary

struct CommandPage {
    let command: CommandHelp.Command
    let date: String

    /// The command's and all that are below it.
    static func all(of command: CommandHelp.Command, date: String) -> [ManualPage] {
        [CommandPage(command: command, date: date).page]
            + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap { all(of: $0, date: date) }
    }

    private var isRoot: Bool { command.superCommands?.isEmpty ?? true }
    private var name: String { command.words.joined(separator: "-") }
    private var subcommands: [CommandHelp.Command] {
        (command.subcommands ?? []).filter { $0.commandName != "help" }
    }
    private var arguments: [CommandHelp.Argument] { (command.arguments ?? []).filter(\.shouldDisplay) }

    private var page: ManualPage {
        var mdoc = Mdoc(name, section: 1, date: date)
        mdoc.section("NAME")
        mdoc.macro("Nm", name)
        mdoc.macro("Nd", Self.phrase(command.abstract ?? name))
        mdoc.section("SYNOPSIS")
        mdoc.macro("Nm", command.words.joined(separator: " "))
        for argument in arguments where !Self.isUsual(argument) { mdoc.raw("." + Self.usage(argument)) }
        if !subcommands.isEmpty { mdoc.raw(".Ar command") }
        mdoc.section("DESCRIPTION")
        mdoc.prose(command.abstract ?? "")
        if let discussion = command.discussion {
            mdoc.raw(".Pp")
            // The exit status has a section of its own.
            mdoc.prose(discussion.replacing(ExitStatus.list, with: ""))
        }
        addArguments(to: &mdoc)
        addSubcommands(to: &mdoc)
        addStatuses(to: &mdoc)
        mdoc.section("SEE ALSO")
        mdoc.raw(
            isRoot
                ? ".Xr refreshd.yaml 5 ,\n.Xr refreshd-journal 7"
                : ".Xr \((command.superCommands ?? []).joined(separator: "-")) 1")
        return ManualPage(name: name, section: 1, text: mdoc.text)
    }

    private func addArguments(to mdoc: inout Mdoc) {
        guard !arguments.isEmpty else { return }
        mdoc.raw(".Pp")
        mdoc.prose("The options are:")
        mdoc.raw(".Bl -tag -width indent")
        for argument in arguments {
            mdoc.raw(".It " + Self.term(argument))
            mdoc.prose(argument.abstract ?? "")
            if let values = argument.allValues, !values.isEmpty {
                mdoc.prose("One of \(values.joined(separator: ", ")).")
            }
            if let value = argument.defaultValue { mdoc.prose("The default is \(value).") }
        }
        mdoc.raw(".El")
    }

    private func addSubcommands(to mdoc: inout Mdoc) {
        guard !subcommands.isEmpty else { return }
        mdoc.section("COMMANDS")
        mdoc.raw(".Bl -tag -width indent")
        for subcommand in subcommands {
            mdoc.raw(".It Xr \(subcommand.words.joined(separator: "-")) 1")
            mdoc.prose(subcommand.abstract ?? "")
        }
        mdoc.raw(".El")
    }

    private func addStatuses(to mdoc: inout Mdoc) {
        mdoc.section("EXIT STATUS")
        guard isRoot else { return mdoc.raw("As told in\n.Xr refreshd 1 .") }
        mdoc.raw(".Bl -tag -width indent")
        mdoc.raw(".It 0")
        mdoc.prose("Done.")
        for status in ExitStatus.allCases {
            mdoc.raw(".It \(status.rawValue)")
            mdoc.prose(status.meaning.sentence)
        }
        mdoc.raw(".El")
    }

    /// mdoc's `Nd` is a phrase without an end.
    private static func phrase(_ sentence: String) -> String {
        let first = sentence.split(separator: ". ").first.map(String.init) ?? sentence
        let phrase = first.hasSuffix(".") ? String(first.dropLast()) : first
        return phrase.prefix(1).lowercased() + phrase.dropFirst()
    }

    /// What every command has is told in the list only.
    private static func isUsual(_ argument: CommandHelp.Argument) -> Bool {
        ["help", "version"].contains(argument.names?.first { $0.kind == .long }?.name)
    }

    private static func usage(_ argument: CommandHelp.Argument) -> String {
        let first = argument.names.flatMap { names in names.first { $0.kind == .long } ?? names.first }
        let whole = ([first.map(flag)] + [value(of: argument)]).compactMap { $0 }.joined(separator: " ")
        return (argument.isOptional ? "Op " : "") + whole + (argument.isRepeating ? " ..." : "")
    }

    private static func term(_ argument: CommandHelp.Argument) -> String {
        let names = (argument.names ?? []).map(flag)
        let value = value(of: argument)
        guard !names.isEmpty else { return value ?? "" }
        return names.joined(separator: " , ") + (value.map { " \($0)" } ?? "")
    }

    private static func flag(_ name: CommandHelp.Argument.Name) -> String {
        switch name.kind {
        case .long: "Fl \(Mdoc.word("-" + name.name))"
        case .short, .longWithSingleDash: "Fl \(name.name)"
        }
    }

    private static func value(of argument: CommandHelp.Argument) -> String? {
        switch argument.kind {
        case .flag: nil
        case .option, .positional: "Ar \(Mdoc.word(argument.valueName ?? "value"))"
        }
    }
}
