// Reads a settings file: all mistakes at once, or the settings.

import Appwrite
import RefreshEngine
import RefreshPolicy
import TokenAPI

extension Settings {
    /// Far more than hundreds of projects need; a larger file is another file.
    package static let largestFile = 1024 * 1024

    /// Reads the file at `path`.
    package static func load(
        _ path: String, folders: ServiceFolders = ServiceFolders()
    ) throws(SettingsError) -> Settings {
        let bytes: [UInt8]
        do throws(FileTrouble) {
            bytes = try BoundedFile.read(path, limit: largestFile)
        } catch {
            throw .unreadable(file: path, error)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let place = SettingsMistake.Place(line: firstLineThatIsNoUTF8(bytes), column: 1)
            let problem = "the line holds bytes that are not UTF-8"
            throw .mistaken(file: path, [SettingsMistake(place: place, path: [], kind: .notYAML(problem))])
        }
        return try parse(text, file: path, folders: folders)
    }

    /// Reads the text of a settings file. `file` names it in mistakes.
    package static func parse(
        _ text: String, file: String, folders: ServiceFolders = ServiceFolders()
    ) throws(SettingsError) -> Settings {
        let yaml = SettingsText(text)
        if let flaw = yaml.flaw { throw .mistaken(file: file, [flaw]) }
        let findings = SettingsFindings(renamedKeys: yaml.renamed)
        var settings = Settings(projects: [], folders: folders)
        let start = SettingsMistake.Place(line: 1, column: 1)
        SettingsSection.read(yaml.root, at: start, path: [], findings: findings) { root in
            settings.readProjects(root, findings, folders)
            settings.readRest(root)
        }
        guard findings.mistakes.isEmpty else {
            throw .mistaken(file: file, findings.mistakes.sorted { $0.place < $1.place })
        }
        return settings
    }

    private mutating func readProjects(
        _ root: SettingsSection, _ findings: SettingsFindings, _ folders: ServiceFolders
    ) {
        var sound: [(ProjectSettings, SettingsSection)] = []
        root.namedSections("projects") { name, section in
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
    }

    private mutating func readRest(_ root: SettingsSection) {
        root.section("state") { state.read($0) }
        root.section("sockets") { sockets.read($0) }
        root.section("waits") { waits.read($0) }
        root.section("calls") { section in
            section.read("refreshTimeout", into: &calls.refresh, as: .duration)
            section.read("readTimeout", into: &calls.other, as: .duration)
            if calls.refresh >= waits.doubtFor {
                // Law 4: a refresh still waited for must not be taken for one that was lost long ago.
                let limit = DurationText.text(waits.doubtFor)
                section.tell(.refused("It must be less than waits.doubtFor, which is \(limit)."), at: "refreshTimeout")
            }
        }
        root.section("log") { $0.read("level", into: &log.level, as: .logLevel) }
    }

    private static func firstLineThatIsNoUTF8(_ bytes: [UInt8]) -> Int {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        let index = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        return (index ?? 0) + 1
    }
}

extension StateSettings {
    fileprivate mutating func read(_ section: SettingsSection) {
        section.read("directory", into: &directory, as: .path)
        section.refuse("key", because: SecretKeys.explanation(of: "key"))
        section.read("keyCredential", into: &keyCredential, as: .credentialName)
        keyFile = section.read("keyFile", as: .secretPath)
        if section.has("keyCredential") && section.has("keyFile") {
            section.tell(.refused(SecretKeys.oneOf("keyCredential", "keyFile")), at: "keyFile")
        }
    }
}

extension SocketSettings {
    fileprivate mutating func read(_ section: SettingsSection) {
        section.section("token") { token = SocketPath($0, default: token) }
        section.section("control") { inner in
            control = SocketPath(inner, default: control)
            if control.mode & 0o007 != 0 {
                let sentence = "The last digit must be 0: whoever opens this socket can register and remove sessions."
                inner.tell(.refused(sentence), at: "mode")
            }
        }
        if token.path == control.path {
            section.tell(.refused("The two sockets must have different paths."), at: "control", "token")
        }
    }
}

extension SocketPath {
    fileprivate init(_ section: SettingsSection, default standard: SocketPath) {
        self.init(
            section.read("path", as: .socketPath) ?? standard.path,
            mode: section.read("mode", as: .mode) ?? standard.mode,
            group: section.read("group", as: .group))
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
    }
}
