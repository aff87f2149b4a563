// From the text of a settings file to a tree of YAML nodes. What is no YAML ends the reading at that place; a repeated
// key does not, so that all repetitions are told at once.

import Vocabulary
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
            var index = SettingsTextPlaces(text.unicodeScalars).index(of: place)
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

    private static func flaw(_ error: any Error, in text: String) -> SettingsMistake {
        let start = SettingsMistake.Place(line: 1, column: 1)
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, yaml: _),
            .parser(let context, let problem, let mark, yaml: _),
            .composer(let context, let problem, let mark, yaml: _):
            let slip = YAMLSlip(problem, context, at: mark, in: text)
            return SettingsMistake(place: slip.place, path: [], kind: .notYAML(slip.words.shown(limit: 400)))
        case .reader(let problem, let offset, value: _, yaml: _):
            // The offset counts characters as Swift does.
            let lines = text.prefix(offset ?? 0).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let place = SettingsMistake.Place(line: max(1, lines.count), column: (lines.last?.count ?? 0) + 1)
            return SettingsMistake(place: place, path: [], kind: .notYAML(Self.unreadable(problem)))
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping, nil:
            return SettingsMistake(place: start, path: [], kind: .notYAML("it cannot be read"))
        }
    }
}

extension SettingsText {
    fileprivate static func unreadable(_ problem: String) -> String {
        problem == "control characters are not allowed"
            ? "a control character stands here. Take it out" : problem.shown()
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
