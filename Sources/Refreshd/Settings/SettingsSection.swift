// One mapping of a settings file, read key by key into values. Every node is either read or told as a mistake: a key
// that nobody asked for is unknown, and so is what stands below it.

import Yams

/// The mistakes of one file, as they are found.
final class SettingsFindings {
    private(set) var mistakes: [SettingsMistake] = []
    /// Names that repeated keys had in the file.
    let renamedKeys: [String: String]

    init(renamedKeys: [String: String] = [:]) {
        self.renamedKeys = renamedKeys
    }

    func add(_ kind: SettingsMistake.Kind, at place: SettingsMistake.Place, path: [String]) {
        mistakes.append(SettingsMistake(place: place, path: path, kind: kind))
    }
}

final class SettingsSection {
    private struct Entry {
        let key: String
        let place: SettingsMistake.Place
        let value: Node
    }

    private let path: [String]
    /// Where the key of this section stands.
    private let place: SettingsMistake.Place
    private let findings: SettingsFindings
    private var entries: [Entry] = []
    private var known: [String] = []

    /// Calls `body` with the section that `node` holds: an empty one where the node holds nothing, as where all its
    /// keys are comments. Then tells the keys that `body` did not ask for.
    static func read(
        _ node: Node?, at place: SettingsMistake.Place, path: [String], findings: SettingsFindings,
        _ body: (SettingsSection) -> Void
    ) {
        let section = SettingsSection(path: path, place: place, findings: findings)
        guard section.open(node) else { return }
        body(section)
        section.tellUnknownKeys()
    }

    private init(path: [String], place: SettingsMistake.Place, findings: SettingsFindings) {
        self.path = path
        self.place = place
        self.findings = findings
    }

    /// Whether the key is there and has a value.
    func has(_ key: String) -> Bool {
        entry(key).map { !$0.value.isNothing } ?? false
    }

    /// Reads a value where one is given; a key without a value leaves the default.
    func read<Value>(_ key: String, into value: inout Value, as form: SettingsForm<Value>) {
        if let given = read(key, as: form) { value = given }
    }

    func read<Value>(_ key: String, as form: SettingsForm<Value>) -> Value? {
        known.append(key)
        guard let entry = entry(key), !entry.value.isNothing else { return nil }
        return convert(entry, as: form)
    }

    /// Reads a value that there is no default for.
    func require<Value>(_ key: String, as form: SettingsForm<Value>, example: String) -> Value? {
        known.append(key)
        guard let entry = entry(key), !entry.value.isNothing else {
            tellMissing(key, example: example)
            return nil
        }
        return convert(entry, as: form)
    }

    /// Reads the section below a key.
    func section(_ key: String, _ body: (SettingsSection) -> Void) {
        known.append(key)
        guard let entry = entry(key) else { return }
        Self.read(entry.value, at: entry.place, path: path + [key], findings: findings, body)
    }

    /// Reads the sections below a key whose names are the operator's.
    func namedSections(_ key: String, _ body: (_ name: String, SettingsSection) -> Void) {
        section(key) { parent in
            for entry in parent.entries {
                parent.known.append(entry.key)
                Self.read(entry.value, at: entry.place, path: parent.path + [entry.key], findings: findings) {
                    body(entry.key, $0)
                }
            }
        }
    }

    /// Reads the sections of the list below a key, in their order.
    /// - Parameter item: what is expected of each, as in "a list, each of its items ITEM".
    func list(_ key: String, of item: String, _ body: (SettingsSection) -> Void) {
        known.append(key)
        guard let entry = entry(key), !entry.value.isNothing else { return }
        let path = path + [key]
        guard case .sequence(let nodes) = entry.value else {
            return tellWrong(entry.value, expected: "a list, each of its items \(item)", path: path)
        }
        for node in nodes {
            if case .mapping = node {
                Self.read(node, at: SettingsMistake.Place(node), path: path, findings: findings, body)
            } else {
                tellWrong(node, expected: item, path: path)
            }
        }
    }

    /// Refuses a key that people may expect, with the reason.
    func refuse(_ key: String, because sentence: String) {
        guard let index = entries.firstIndex(where: { $0.key == key }) else { return }
        findings.add(.refused(sentence), at: entries.remove(at: index).place, path: path + [key])
    }

    /// Tells a mistake at the first of `keys` that is given, else at the section.
    func tell(_ kind: SettingsMistake.Kind, at keys: String...) {
        guard let entry = keys.lazy.compactMap({ self.entry($0) }).first else {
            return findings.add(kind, at: place, path: path)
        }
        findings.add(kind, at: entry.place, path: path + [entry.key])
    }

    /// Tells that a key must be given: where it stands empty, else where its section starts.
    func tellMissing(_ key: String, example: String) {
        findings.add(.missing(example: example), at: entry(key)?.place ?? place, path: path + [key])
    }

    /// Tells a mistake at the section's own name.
    func tellName(_ kind: SettingsMistake.Kind) {
        findings.add(kind, at: place, path: path)
    }

    private func entry(_ key: String) -> Entry? {
        entries.first { $0.key == key }
    }

    private func tellWrong(_ node: Node, expected: String, path: [String]) {
        let found = node.isNothing ? "nothing" : node.inWords
        findings.add(.wrong(found: found, expected: expected, hint: nil), at: SettingsMistake.Place(node), path: path)
    }

    private func open(_ node: Node?) -> Bool {
        guard let node, !node.isNothing else { return true }
        guard case .mapping(let mapping) = node else {
            tellWrong(node, expected: "a section: keys below this one, indented", path: path)
            return false
        }
        for (key, value) in mapping { add(key, value) }
        return true
    }

    private func add(_ key: Node, _ value: Node) {
        let place = SettingsMistake.Place(key)
        guard case .scalar(let scalar) = key, !scalar.string.isEmpty else {
            let found = key.isNothing ? "nothing" : key.inWords
            return findings.add(.wrong(found: found, expected: "a key", hint: nil), at: place, path: path)
        }
        let name = findings.renamedKeys[scalar.string] ?? scalar.string
        if let first = entry(name) {
            findings.add(.repeatedKey(firstLine: first.place.line), at: place, path: path + [name])
        } else {
            entries.append(Entry(key: name, place: place, value: value))
        }
    }

    private func convert<Value>(_ entry: Entry, as form: SettingsForm<Value>) -> Value? {
        var found = entry.value.inWords
        var hint: String?
        if case .scalar(let scalar) = entry.value {
            if scalar.hasOwnTag {
                hint = "Tags such as !name mean nothing here."
            } else {
                switch form.read(SettingsScalar(text: scalar.string, isPlain: scalar.style == .plain)) {
                case .success(let value): return value
                case .failure(let flaw):
                    hint = flaw.hint
                    if flaw.hidesFound { found = "a text that is not repeated here" }
                }
            }
            if form.hidesFound { found = "a text that is not repeated here" }
        }
        let kind = SettingsMistake.Kind.wrong(found: found, expected: form.expected, hint: hint)
        findings.add(kind, at: SettingsMistake.Place(entry.value), path: path + [entry.key])
        return nil
    }

    private func tellUnknownKeys() {
        for entry in entries where !known.contains(entry.key) {
            let nearest = NearestWord.to(entry.key, among: known)
            findings.add(.unknownKey(nearest: nearest, known: known), at: entry.place, path: path + [entry.key])
        }
    }
}

extension Node {
    /// Whether the key has no value: nothing, `~` or `null`.
    fileprivate var isNothing: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    fileprivate var inWords: String {
        switch self {
        case .scalar(let scalar): scalar.style == .plain ? scalar.string.shown(limit: 60) : scalar.string.quoted
        case .mapping: "a section"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

extension Node.Scalar {
    /// Whether the file gives it a type by hand. Yams gives quoted scalars the tag of strings.
    fileprivate var hasOwnTag: Bool {
        !["", "!", "tag:yaml.org,2002:str"].contains(tag.description)
    }
}

extension String {
    fileprivate var quoted: String { "\"\(shown(limit: 60))\"" }
}
