// From the text of a settings file to a tree of YAML nodes. What is no YAML ends the reading at that place; a repeated
// key does not, so that all repetitions are told at once.

import Yams

struct SettingsText {
    /// The tree; nil where the text holds nothing, or where `flaw` says why there is none.
    private(set) var root: Node?
    private(set) var flaw: SettingsMistake?
    /// Yams refuses a mapping with a repeated key. Its first occurrences are renamed in the text and the text is read
    /// again; these are the names they had.
    private(set) var renamed: [String: String] = [:]

    /// Each renaming reads the text again, so there is a limit to them.
    private static let mostRenamings = 20

    init(_ text: String) {
        var text = text
        while true {
            do {
                root = try Yams.compose(yaml: text, .basic, .default, .utf8)
                return
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let place = SettingsMistake.Place(context.mark)
                guard let name = names.first, rename(name, at: place, in: &text) else {
                    let list = names.map { $0.shown(limit: 80) }.joined(separator: ", ")
                    flaw = SettingsMistake(place: place, path: [], kind: .notYAML("a key is given twice: \(list)"))
                    return
                }
            } catch {
                flaw = Self.flaw(error, in: text)
                return
            }
        }
    }

    /// Puts a character for private use in place of the first of the key at `place`, so that it differs from its
    /// repetition while no column moves.
    private mutating func rename(_ name: String, at place: SettingsMistake.Place, in text: inout String) -> Bool {
        guard renamed.count < Self.mostRenamings, let first = name.unicodeScalars.first,
            let mark = Unicode.Scalar(0xE000 + UInt32(renamed.count)),
            var index = Self.index(of: place, in: text.unicodeScalars)
        else { return false }
        if index < text.unicodeScalars.endIndex, "\"'".unicodeScalars.contains(text.unicodeScalars[index]) {
            index = text.unicodeScalars.index(after: index)
        }
        guard index < text.unicodeScalars.endIndex, text.unicodeScalars[index] == first, first != mark else {
            return false
        }
        text.unicodeScalars.replaceSubrange(index...index, with: [mark])
        var standIn = name.unicodeScalars
        standIn.replaceSubrange(standIn.startIndex...standIn.startIndex, with: [mark])
        renamed[String(standIn)] = name
        return true
    }

    /// Where a line and column is in the text: lines end as libyaml ends them.
    private static func index(
        of place: SettingsMistake.Place, in scalars: String.UnicodeScalarView
    ) -> String.Index? {
        var line = 1
        var column = 1
        var previous: Unicode.Scalar?
        for index in scalars.indices {
            if line == place.line && column == place.column { return index }
            let scalar = scalars[index]
            let endsLine = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
            if endsLine {
                if !(scalar == "\n" && previous == "\r") { line += 1 }
                column = 1
            } else {
                column += 1
            }
            previous = scalar
        }
        return nil
    }

    /// What was probably written there by mistake, in brackets; empty where nothing is known of it.
    private static func slip(at place: SettingsMistake.Place, in scalars: String.UnicodeScalarView) -> String {
        guard let index = index(of: place, in: scalars) else { return "" }
        // An alias without a name is told behind its star.
        let isStarred = scalars[index] == "*" || scalars[..<index].last == "*"
        if isStarred { return " (a pattern that starts with * needs quotes)" }
        return scalars[index] == "\t" ? " (a tab: indent with spaces)" : ""
    }

    private static func flaw(_ error: any Error, in text: String) -> SettingsMistake {
        let start = SettingsMistake.Place(line: 1, column: 1)
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, yaml: _),
            .parser(let context, let problem, let mark, yaml: _),
            .composer(let context, let problem, let mark, yaml: _):
            let place = SettingsMistake.Place(mark)
            let around = context.map { ", \($0.text.lowercasedFirst) from line \($0.mark.line)" } ?? ""
            let slip = slip(at: place, in: text.unicodeScalars)
            return SettingsMistake(place: place, path: [], kind: .notYAML((problem + slip + around).shown()))
        case .reader(let problem, let offset, value: _, yaml: _):
            // The offset counts characters as Swift does.
            let lines = text.prefix(offset ?? 0).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let place = SettingsMistake.Place(line: max(1, lines.count), column: (lines.last?.count ?? 0) + 1)
            return SettingsMistake(place: place, path: [], kind: .notYAML(problem.shown()))
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping, nil:
            return SettingsMistake(place: start, path: [], kind: .notYAML("it cannot be read"))
        }
    }
}

extension SettingsMistake.Place {
    init(_ mark: Mark) {
        self.init(line: mark.line, column: mark.column)
    }

    /// Where a node stands; every node that was read from a text has a mark.
    init(_ node: Node) {
        self = node.mark.map { Self($0) } ?? Self(line: 1, column: 1)
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
