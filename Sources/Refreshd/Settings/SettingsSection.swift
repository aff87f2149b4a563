// One mapping of a settings file, read key by key into values. Every node is either read or told as a mistake: a key
// that nobody asked for is unknown, and so is what stands below it.

import Vocabulary
import Yams

final class SettingsSection {
    private struct Entry {
        let key: String
        let place: SettingsMistake.Place
        let value: Node
    }

    private let path: [String]
    /// Where the key of this section stands.
    let place: SettingsMistake.Place
    private let findings: SettingsFindings
    /// Whether what is read is a setting of its own; the keys of a list's item together are one.
    private let isItem: Bool
    private var entries: [Entry] = []
    private var known: [String] = []

    /// Calls `body` with the section that `node` holds: an empty one where the node holds nothing, as where all its
    /// keys are comments. Then tells the keys that `body` did not ask for.
    static func read(
        _ node: Node?, at place: SettingsMistake.Place, path: [String], findings: SettingsFindings,
        isItem: Bool = false, _ body: (SettingsSection) -> Void
    ) {
        let section = SettingsSection(path: path, place: place, findings: findings, isItem: isItem)
        guard section.open(node) else { return }
        body(section)
        section.tellUnknownKeys()
    }

    private init(path: [String], place: SettingsMistake.Place, findings: SettingsFindings, isItem: Bool) {
        self.path = path
        self.place = place
        self.findings = findings
        self.isItem = isItem
    }

    /// Whether the key is there and has a value.
    func has(_ key: String) -> Bool {
        entry(key).map { !$0.value.isNothing } ?? false
    }

    /// Reads a value where one is given; a key without a value leaves the default, which comes from `origin`.
    func read<Value>(
        _ key: String, into value: inout Value, as form: SettingsForm<Value>,
        otherwise origin: SettingsOrigin = .standard
    ) {
        if let given = convert(key, as: form) {
            value = given
        } else if !has(key) {
            note(key, form.write?(value), origin)
        }
    }

    func read<Value>(_ key: String, as form: SettingsForm<Value>) -> Value? {
        if !has(key) { note(key, nil, .unset) }
        return convert(key, as: form)
    }

    /// Reads a value that there is no default for.
    func require<Value>(_ key: String, as form: SettingsForm<Value>, example: String) -> Value? {
        if !has(key) { tellMissing(key, example: example) }
        return convert(key, as: form)
    }

    /// Reads the section below a key; an empty one where it is not given.
    func section(_ key: String, _ body: (SettingsSection) -> Void) {
        known.append(key)
        let entry = entry(key)
        Self.read(entry?.value, at: entry?.place ?? place, path: path + [key], findings: findings, body)
    }

    /// Reads the sections below a key whose names are the operator's; gives the names, also of what is no section.
    @discardableResult
    func namedSections(_ key: String, _ body: (_ name: String, SettingsSection) -> Void) -> [String] {
        var names: [String] = []
        section(key) { parent in
            names = parent.entries.map(\.key)
            if parent.entries.isEmpty { note(key, .fields([]), .standard) }
            for entry in parent.entries {
                parent.known.append(entry.key)
                Self.read(entry.value, at: entry.place, path: parent.path + [entry.key], findings: findings) {
                    body(entry.key, $0)
                }
            }
        }
        return names
    }

    /// Reads the sections here whose names begin so, and go on as the operator likes.
    func sections(prefixed prefix: String, _ body: (_ name: String, SettingsSection) -> Void) {
        for entry in entries where entry.key.hasPrefix(prefix) {
            known.append(entry.key)
            Self.read(entry.value, at: entry.place, path: path + [entry.key], findings: findings) {
                body(entry.key, $0)
            }
        }
    }

    /// Reads the sections of the list below a key, in their order.
    /// - Parameter item: what is expected of each, as in "a list, each of its items ITEM".
    func list(_ key: String, of item: String, _ body: (SettingsSection) -> Void) {
        known.append(key)
        guard let entry = entry(key), !entry.value.isNothing else { return note(key, .emptyList, .standard) }
        let path = path + [key]
        guard case .sequence(let nodes) = entry.value else {
            return tellWrong(entry.value, expected: "a list, each of its items \(item)", path: path)
        }
        if nodes.isEmpty { note(key, .emptyList, .file(entry.place)) }
        for (index, node) in nodes.enumerated() {
            guard case .mapping = node else {
                tellWrong(node, expected: item, path: path)
                continue
            }
            Self.read(node, at: SettingsMistake.Place(node), path: path, findings: findings, isItem: true) { section in
                body(section)
                let origin = SettingsOrigin.file(section.place)
                findings.note(EffectiveSetting(path: path, value: section.fields, origin: origin, index: index))
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

    /// Tells those of a rule's `keys` that have no value: without them the rule fits more. True where there are any.
    /// - Parameter all: what it would fit.
    func tellEmpty(_ keys: [String], wouldFit all: String) -> Bool {
        let empty = keys.filter { entry($0)?.value.isNothing == true }
        for key in empty {
            tell(
                .refused("A key without a value would make the rule fit \(all): give it one, or take it out."), at: key)
        }
        return !empty.isEmpty
    }

    /// Tells a mistake at the section's own name.
    func tellName(_ kind: SettingsMistake.Kind) {
        findings.add(kind, at: place, path: path)
    }

    private func entry(_ key: String) -> Entry? {
        entries.first { $0.key == key }
    }

    /// All that an item holds, as it was given; a key without a value that is no mistake is as good as none.
    private var fields: SettingsValue {
        .fields(
            entries.compactMap { entry in
                guard case .scalar(let scalar) = entry.value, !entry.value.isNothing else { return nil }
                return SettingsValue.Field(name: entry.key, text: scalar.string)
            })
    }

    private func note(_ key: String, _ value: SettingsValue?, _ origin: SettingsOrigin) {
        guard !isItem else { return }
        findings.note(EffectiveSetting(path: path + [key], value: value, origin: origin))
    }

    private func tellWrong(_ node: Node, expected: String, hint: String? = nil, path: [String]) {
        let found = node.isNothing ? "nothing" : node.inWords
        findings.add(.wrong(found: found, expected: expected, hint: hint), at: SettingsMistake.Place(node), path: path)
    }

    private func open(_ node: Node?) -> Bool {
        guard let node, !node.isNothing else { return true }
        guard case .mapping(let mapping) = node else {
            var hint: String?
            if case .sequence = node { hint = "Leave out the dashes and brackets: keys have names here." }
            tellWrong(node, expected: "a section: keys below this one, indented", hint: hint, path: path)
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

    /// Nil where the key has no value, and where it has a wrong one, which is told.
    private func convert<Value>(_ key: String, as form: SettingsForm<Value>) -> Value? {
        known.append(key)
        guard let entry = entry(key), !entry.value.isNothing else { return nil }
        var found = entry.value.inWords
        var hint: String?
        var mayPass = false
        if case .scalar(let scalar) = entry.value {
            if scalar.hasOwnTag {
                hint = "Tags such as !name mean nothing here."
            } else {
                switch form.read(SettingsScalar(text: scalar.string, isPlain: scalar.style == .plain)) {
                case .success(let value):
                    note(key, form.write?(value) ?? .text(scalar.string), .file(entry.place))
                    return value
                case .failure(let flaw):
                    hint = flaw.hint
                    mayPass = flaw.mayPass
                    if flaw.hidesFound { found = "a text that is not repeated here" }
                }
            }
            if form.hidesFound { found = "a text that is not repeated here" }
        }
        let kind: SettingsMistake.Kind =
            mayPass
            ? .notNow(found: found, expected: form.expected, hint: hint)
            : .wrong(found: found, expected: form.expected, hint: hint)
        findings.add(kind, at: SettingsMistake.Place(entry.value), path: path + [key])
        return nil
    }

    private func tellUnknownKeys() {
        for entry in entries where !known.contains(entry.key) {
            guard entry.key != "<<" else {
                let sentence = "Merging by << means nothing here: write the keys out."
                findings.add(.refused(sentence), at: entry.place, path: path + [entry.key])
                continue
            }
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
