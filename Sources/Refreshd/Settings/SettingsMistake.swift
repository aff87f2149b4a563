// What is wrong in a settings file, in words that tell a stranger where to look and what to write. A value that may be
// a secret in the wrong place is never repeated (law 7).

import Vocabulary

/// One mistake, at one place of the file.
package struct SettingsMistake: Hashable, Sendable, CustomStringConvertible {
    /// Line and column, both from 1; columns count characters.
    package struct Place: Hashable, Comparable, Sendable {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package static func < (left: Place, right: Place) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    package enum Kind: Hashable, Sendable {
        case notYAML(String)
        case unknownKey(nearest: String?, known: [String])
        case repeatedKey(firstLine: Int)
        case missing(example: String)
        case wrong(found: String, expected: String, hint: String?)
        /// Well written, and of no use as things stand on this machine: it may be right at another time.
        case notNow(found: String, expected: String, hint: String?)
        /// Well written, but it does not make sense or is not allowed; a whole sentence.
        case refused(String)
    }

    package let place: Place
    /// The keys that lead there.
    package let path: [String]
    package let kind: Kind

    /// Whether a later reading of the same file may find none.
    package var mayPass: Bool {
        switch kind {
        case .notNow: true
        case .notYAML, .unknownKey, .repeatedKey, .missing, .wrong, .refused: false
        }
    }

    package var description: String {
        let position = "\(place.line):\(place.column): "
        guard !path.isEmpty else { return position + explanation }
        return position + path.map { $0.shown(limit: 80) }.joined(separator: ".") + ": " + explanation
    }

    private var explanation: String {
        switch kind {
        case .notYAML(let problem):
            return "this is not valid YAML: \(problem)."
        case .unknownKey(let nearest?, known: _):
            return "unknown key. Did you mean \(nearest)?"
        case .unknownKey(nearest: nil, let known):
            return "unknown key. Known here: \(known.joined(separator: ", "))."
        case .repeatedKey(let line):
            return "this key was already given on line \(line). Keep one of the two."
        case .missing(let example):
            return "this key is required. Write, for example: \(example)"
        case .wrong(let found, let expected, let hint), .notNow(let found, let expected, let hint):
            return "found \(found), expected \(expected)." + (hint.map { " " + $0 } ?? "")
        case .refused(let sentence):
            return sentence
        }
    }
}

/// Why there are no settings to run with.
package enum SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(file: String, FileTrouble)
    /// All mistakes of the file, in the order of their places.
    case mistaken(file: String, [SettingsMistake])

    package var description: String {
        switch self {
        case .unreadable(let file, let trouble):
            let remedy =
                switch trouble {
                case .missing: ": write it, or name another by --config"
                case .isFolder: ": name the file by --config"
                case .notPermitted:
                    ": let this user read it (for the daemon: group refreshd, mode 0640), or run this as root, by sudo"
                case .tooLarge, .failed: ""
                }
            return "the settings file \(file.shown()) \(trouble.words)\(remedy)"
        case .mistaken(let file, let mistakes):
            let heading = mistakes.count == 1 ? "one mistake" : "\(mistakes.count) mistakes"
            let lines = mistakes.map { "\(file.shown()):\($0)" }
            return (["\(heading) in the settings:"] + lines).joined(separator: "\n")
        }
    }
}
