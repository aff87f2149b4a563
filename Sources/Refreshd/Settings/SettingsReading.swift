// Reads a settings file: all mistakes at once, or the settings.

import Appwrite
import RefreshEngine
import RefreshPolicy
import TokenAPI
import UnixSockets
import Vocabulary

extension Settings {
    /// Far more than hundreds of projects need; a larger file is another file.
    package static let largestFile = 1024 * 1024

    /// Reads the file at `path`.
    package static func load(
        _ path: String, folders: ServiceFolders = ServiceFolders()
    ) throws(SettingsError) -> Settings {
        try read(path, folders: folders).settings
    }

    /// Reads the file at `path`, and what holds of each setting.
    static func read(
        _ path: String, folders: ServiceFolders
    ) throws(SettingsError) -> (settings: Settings, effective: [EffectiveSetting]) {
        let bytes: [UInt8]
        do throws(FileTrouble) {
            bytes = try BoundedFile.read(path, limit: largestFile)
        } catch {
            throw .unreadable(file: path, error)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let problem = "the text is not UTF-8. Save the file as UTF-8"
            let kind = SettingsMistake.Kind.notYAML(problem)
            throw .mistaken(file: path, [SettingsMistake(place: firstPlaceThatIsNoUTF8(bytes), path: [], kind: kind)])
        }
        return try read(text: text, file: path, folders: folders)
    }

    /// Reads the text of a settings file. `file` names it in mistakes.
    package static func parse(
        _ text: String, file: String, folders: ServiceFolders = ServiceFolders(), accounts: LocalAccounts = .machine
    ) throws(SettingsError) -> Settings {
        try read(text: text, file: file, folders: folders, accounts: accounts).settings
    }

    static func read(
        text: String, file: String, folders: ServiceFolders, accounts: LocalAccounts = .machine
    ) throws(SettingsError) -> (settings: Settings, effective: [EffectiveSetting]) {
        let yaml = SettingsText(text)
        if let flaw = yaml.flaw { throw .mistaken(file: file, [flaw]) }
        let findings = SettingsFindings(renamedKeys: yaml.renamed)
        var settings = Settings(projects: [], folders: folders)
        let start = SettingsMistake.Place(line: 1, column: 1)
        SettingsSection.read(yaml.root, at: start, path: [], findings: findings) { root in
            let named = settings.readProjects(root, findings, folders)
            settings.readRest(root, folders, accounts, named)
        }
        guard findings.mistakes.isEmpty else {
            throw .mistaken(file: file, findings.mistakes.sorted { $0.place < $1.place })
        }
        return (settings, findings.settings)
    }

    /// Of calls: each has an end, and one that is awaited for hours is none.
    private static let timeouts = Duration.milliseconds(100) ... .seconds(600)

    /// Gives the names of all projects, also of those with mistakes.
    private mutating func readProjects(
        _ root: SettingsSection, _ findings: SettingsFindings, _ folders: ServiceFolders
    ) -> [ProjectAlias] {
        var sound: [(ProjectSettings, SettingsSection)] = []
        let names = root.namedSections("projects") { name, section in
            let before = findings.mistakes.count
            let project = ProjectSettings(name: name, section, folders)
            // One with mistakes of its own would be compared by values that nobody meant.
            if let project, findings.mistakes.count == before { sound.append((project, section)) }
        }
        if sound.isEmpty && findings.mistakes.isEmpty {
            let example = "projects: { main: { endpoint: https://cloud.example/v1, project: my-project } }"
            root.tellMissing("projects", example: example)
        }
        ProjectAgreement.check(sound)
        projects = sound.map(\.0).sorted { $0.alias < $1.alias }
        return names.compactMap { ProjectAlias($0) }.sorted()
    }

    private mutating func readRest(
        _ root: SettingsSection, _ folders: ServiceFolders, _ accounts: LocalAccounts, _ named: [ProjectAlias]
    ) {
        root.section("state") { state.read($0, folders) }
        root.section("sockets") { sockets.read($0, folders) }
        let reading = AccessRuleReading(accounts: accounts, projects: named, sockets: sockets.tokens.map(\.name))
        access = reading.rules(of: root)
        var doubt: SettingsSection?
        root.section("waits") { section in
            waits.read(section)
            doubt = section
        }
        root.section("calls") { section in
            section.read("refreshTimeout", into: &calls.refresh, as: .duration(Self.timeouts))
            section.read("readTimeout", into: &calls.other, as: .duration(Self.timeouts))
            guard calls.refresh >= waits.doubtFor else { return }
            // Law 4: a refresh still waited for must not be taken for one that was lost long ago.
            let sentence = """
                calls.refreshTimeout, which is \(DurationText.text(calls.refresh)), must be less than waits.doubtFor, \
                which is \(DurationText.text(waits.doubtFor)): a refresh still waited for is not in doubt.
                """
            if section.has("refreshTimeout") {
                section.tell(.refused(sentence), at: "refreshTimeout")
            } else {
                doubt?.tell(.refused(sentence), at: "doubtFor")
            }
        }
        root.section("log") { section in
            section.read("level", into: &log.level, as: .logLevel)
            section.read("format", into: &log.format, as: .logFormat)
        }
    }

    /// Columns count characters, as elsewhere.
    private static func firstPlaceThatIsNoUTF8(_ bytes: [UInt8]) -> SettingsMistake.Place {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let index = lines.firstIndex(where: { String(validating: $0, as: UTF8.self) == nil }) else {
            return SettingsMistake.Place(line: 1, column: 1)
        }
        // A broken character is decoded as U+FFFD: what comes before the first is sound.
        let sound = String(decoding: lines[index], as: UTF8.self).unicodeScalars.prefix { $0 != "\u{FFFD}" }
        return SettingsMistake.Place(line: index + 1, column: sound.count + 1)
    }
}

extension StateSettings {
    fileprivate mutating func read(_ section: SettingsSection, _ folders: ServiceFolders) {
        let origin = folders.state.map { _ in SettingsOrigin.environment("STATE_DIRECTORY") } ?? .standard
        section.read("directory", into: &directory, as: .path, otherwise: origin)
        section.refuse("key", because: SecretKeys.explanation(of: "key"))
        section.read("keyCredential", into: &keyCredential, as: .credentialName)
        keyFile = section.read("keyFile", as: .secretPath)
        if section.has("keyCredential") && section.has("keyFile") {
            section.tell(.refused(SecretKeys.oneOf("keyCredential", "keyFile")), at: "keyFile")
        }
    }
}

extension SocketSettings {
    fileprivate mutating func read(_ section: SettingsSection, _ folders: ServiceFolders) {
        let origin = folders.runtime.map { _ in SettingsOrigin.environment("RUNTIME_DIRECTORY") } ?? .standard
        section.section("token") { token = SocketPath($0, default: token, origin) }
        let folder = folders.runtime ?? UsualSockets.folder
        section.sections(prefixed: SocketName.tokenPrefix) { name, inner in
            let standard = SocketPath("\(folder)/\(name).sock", mode: SocketPath.tokenMode)
            let place = SocketPath(inner, default: standard, origin)
            guard let name = SocketName(name) else {
                return inner.tellName(
                    .wrong(found: name.shown(limit: 80), expected: SocketName.expected, hint: nil))
            }
            further.append(NamedSocket(name: name, place: place))
        }
        further.sort { $0.name < $1.name }
        section.section("control") { inner in
            control = SocketPath(inner, default: control, origin)
            if control.mode & 0o007 != 0 {
                let sentence = "The last digit must be 0: whoever opens this socket can register and remove sessions."
                inner.tell(.refused(sentence), at: "mode")
            }
        }
        if token.path.parts == control.path.parts {
            let sentence = "The two sockets must have different paths: both are \(token.path.shown(limit: 120))."
            section.tell(.refused(sentence), at: "control", "token")
        }
        for (index, socket) in further.enumerated() {
            let others = [token, control] + further[..<index].map(\.place)
            guard others.contains(where: { $0.path.parts == socket.place.path.parts }) else { continue }
            let sentence = "Another socket has this path already: \(socket.place.path.shown(limit: 120))."
            section.tell(.refused(sentence), at: socket.name.rawValue)
        }
    }
}

extension String {
    /// The names of a path that mean something.
    fileprivate var parts: [Substring] { split(separator: "/").filter { $0 != "." } }
}

extension SocketPath {
    fileprivate init(_ section: SettingsSection, default standard: SocketPath, _ origin: SettingsOrigin) {
        var (path, mode) = (standard.path, standard.mode)
        section.read("path", into: &path, as: .socketPath, otherwise: origin)
        section.read("mode", into: &mode, as: .mode)
        self.init(path, mode: mode, group: section.read("group", as: .group))
    }
}

extension Waits {
    fileprivate mutating func read(_ section: SettingsSection) {
        section.read("doubtFor", into: &doubtFor, as: .duration)
        section.read("lookFor", into: &lookFor, as: .duration)
        section.read("suspectFor", into: &suspectFor, as: .duration)
        section.read("recheckLogin", into: &recheckLogin, as: .duration)
        section.read("margin", into: &margin, as: .duration)
        marginWhenTight = min(marginWhenTight, margin)
        section.read("marginWhenTight", into: &marginWhenTight, as: .duration)
        if marginWhenTight > margin {
            let sentence = """
                waits.marginWhenTight, which is \(DurationText.text(marginWhenTight)), must not be more than \
                waits.margin, which is \(DurationText.text(margin)): the shorter a margin, the fewer calls it costs.
                """
            section.tell(.refused(sentence), at: "marginWhenTight")
        }
        section.read("longestSleep", into: &longestSleep, as: .duration)
        section.read("firstRetry", into: &firstRetry, as: .duration)
        section.read("forgetEndedAfter", into: &forgetEndedAfter, as: .duration)
    }
}
