// The settings as they hold, each with where it came from. The text is itself a settings file, which says the same.

import TokenAPI
import Vocabulary

struct SettingsListing {
    let file: String
    let settings: [EffectiveSetting]

    var text: String {
        var lines: [(left: String, origin: String)] = []
        var previous: [String] = []
        for setting in settings {
            let sections = setting.index == nil ? setting.path.dropLast() : setting.path[...]
            let shared = zip(previous, sections).prefix { $0 == $1 }.count
            for depth in shared..<max(shared, sections.count) {
                lines.append((Self.indent(depth) + sections[depth] + ":", ""))
            }
            previous = Array(sections)
            lines.append((Self.line(of: setting), "# " + words(for: setting.origin)))
        }
        let width = lines.filter { !$0.origin.isEmpty }.map(\.left.count).max() ?? 0
        return lines.map { line in
            guard !line.origin.isEmpty else { return line.left + "\n" }
            return line.left + String(repeating: " ", count: width - line.left.count + 2) + line.origin + "\n"
        }.joined()
    }

    private static func line(of setting: EffectiveSetting) -> String {
        let value = setting.value.map { " " + $0.yaml } ?? ""
        guard setting.index == nil else { return indent(setting.path.count) + "-" + value }
        return indent(setting.path.count - 1) + (setting.path.last ?? "") + ":" + value
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    private func words(for origin: SettingsOrigin) -> String {
        switch origin {
        case .file(let place): "\(file.shown()):\(place.line)"
        case .standard: "default"
        case .environment(let name): "environment \(name)"
        case .unset: "not set"
        }
    }
}

extension SettingsValue {
    /// As it stands in a settings file, on one line.
    fileprivate var yaml: String {
        switch self {
        case .text(let text): text.yaml
        case .number(let number): "\(number)"
        case .truth(let truth): "\(truth)"
        case .fields(let fields):
            fields.isEmpty ? "{}" : "{ " + fields.map { "\($0.name): \($0.text.yaml)" }.joined(separator: ", ") + " }"
        case .emptyList: "[]"
        }
    }
}

extension String {
    /// Without quotes where nobody could take it for anything else.
    fileprivate var yaml: String {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        let isPlain = wholeMatch(of: /[A-Za-z\/][A-Za-z0-9_.\/:\-]*[A-Za-z0-9_\/]|[A-Za-z]|[0-9]+(ms|s|m|h|d)/) != nil
        if isPlain && !words.contains(lowercased()) { return self }
        let escaped = unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case " "..."~": String(scalar)
            default:
                "\\U" + String(repeating: "0", count: 8 - String(scalar.value, radix: 16).count)
                    + String(scalar.value, radix: 16)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

/// What `refreshd settings --json` writes.
struct SettingsBody: Encodable {
    let file: String
    let settings: [Setting]

    struct Setting: Encodable {
        let path: [String]
        /// Among the items of a list, from 0.
        let index: Int?
        /// Absent where there is none.
        let value: SettingsValue?
        /// `file`, `default`, `environment` or `none`.
        let from: String
        let line: Int?
        let column: Int?
        /// Of the environment.
        let variable: String?
    }

    init(_ listing: SettingsListing) {
        file = listing.file
        settings = listing.settings.map(Setting.init)
    }
}

extension SettingsBody.Setting {
    fileprivate init(_ setting: EffectiveSetting) {
        let (from, place, variable): (String, SettingsMistake.Place?, String?) =
            switch setting.origin {
            case .file(let place): ("file", place, nil)
            case .standard: ("default", nil, nil)
            case .environment(let name): ("environment", nil, name)
            case .unset: ("none", nil, nil)
            }
        self.init(
            path: setting.path, index: setting.index, value: setting.value, from: from, line: place?.line,
            column: place?.column, variable: variable)
    }
}

extension SettingsValue: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .truth(let truth): try container.encode(truth)
        case .fields(let fields):
            try container.encode(Dictionary(fields.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first }))
        case .emptyList: try container.encode([String]())
        }
    }
}
