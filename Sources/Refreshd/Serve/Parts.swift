// Settings become the plain values that each part is made from. Secrets are read here, once, at the start.

import Appwrite
import Glibc
import RefreshEngine
import RefreshPolicy
import SessionStorage
import Systemd
import TokenAPI

extension Settings {
    /// All projects, with their keys from where they are kept.
    func appwriteProjects() throws(StartError) -> [AppwriteProject] {
        var all: [AppwriteProject] = []
        for project in projects { all.append(try project.appwriteProject(calls)) }
        return all
    }

    /// How sessions are searched for, in each project that has an API key.
    var searches: [SearchRules] {
        projects.filter { $0.apiKey != nil }.map(\.discovery)
    }
}

extension ProjectSettings {
    /// The project as calls are made to it, with its keys from where they are kept.
    func appwriteProject(_ limits: CallLimits) throws(StartError) -> AppwriteProject {
        let apiKey = try apiKey.map { source throws(StartError) in try source.secret() }
        let devKey = try devKey.map { source throws(StartError) in try source.secret() }
        let proxyLogin = try route.proxyLogin.map { source throws(StartError) in try source.secret() }
        do throws(ProjectMistakes) {
            return try appwriteProject(limits, apiKey: apiKey, devKey: devKey, proxyLogin: proxyLogin)
        } catch {
            throw StartError(
                .config, error.mistakes.map { "projects.\(alias).\($0.field): \($0.text)" }.joined(separator: "\n"))
        }
    }

    /// The same with these keys.
    func appwriteProject(
        _ limits: CallLimits, apiKey: Secret?, devKey: Secret?, proxyLogin: Secret?
    ) throws(ProjectMistakes) -> AppwriteProject {
        var way = Route()
        way.proxy = route.proxy
        way.proxyLogin = proxyLogin
        way.ipVersion = route.ipVersion
        return try AppwriteProject(
            alias: alias, endpoint: endpoint, projectID: project, apiKey: apiKey, devKey: devKey, caFile: caFile,
            route: way, limits: limits)
    }
}

extension SecretSource {
    fileprivate func secret() throws(StartError) -> Secret {
        do throws(SecretError) {
            if let secret = Secret(try text()) { return secret }
        } catch {
            throw StartError(.config, error.description)
        }
        throw StartError(.config, "\(self) is empty")
    }
}

extension StateSettings {
    var storePath: String { directory + "/sessions.db" }

    /// Of use where no credential holds the key.
    var keyFiles: KeyFiles { KeyFiles(keyFile ?? directory + "/sealing-key") }

    /// Opens the store with its key: from the file that the settings name, from the credential that systemd passes, or
    /// from a file beside the store that the first start makes.
    func open(
        _ folders: ServiceFolders, _ log: Log
    ) throws(StartError) -> (store: SQLiteStore, keys: StoreKeys, place: KeyKeeper.Place) {
        let patience = StartPatience(log)
        defer { patience.end() }
        let credential = try credentialKey(folders, isNeeded: keyCredential != Self.usualKeyCredential)
        let next = credential == nil ? nil : try credentialKey(folders, named: keyCredential + "-next", isNeeded: false)
        do throws(OpenError) {
            let keys =
                if let credential {
                    StoreKeys(main: credential, next: next)
                } else {
                    try keyFiles.load(forStore: storePath)
                }
            let store = try SQLiteStore.open(path: storePath, keys: keys, onMigration: patience.begin) { error in
                log.tell(Telling(.store(.damaged), error.words))
            }
            return (store, keys, credential == nil ? .files(keyFiles) : .credential(name: keyCredential))
        } catch {
            throw StartError(error.passes ? .unavailable : .config, error.description)
        }
    }

    /// Nil where it is not there, unless it is needed.
    func credentialKey(_ folders: ServiceFolders, isNeeded: Bool = false) throws(StartError) -> SealingKey? {
        try credentialKey(folders, named: keyCredential, isNeeded: isNeeded)
    }

    private func credentialKey(
        _ folders: ServiceFolders, named name: String, isNeeded: Bool
    ) throws(StartError) -> SealingKey? {
        guard keyFile == nil else { return nil }
        let isThere = folders.credentials.map { access("\($0)/\(name)", F_OK) == 0 } ?? false
        guard isThere || isNeeded else { return nil }
        let source = SecretSource.credential(name: name, directory: folders.credentials)
        do throws(SecretError) {
            if let key = SealingKey(try source.bytes()) { return key }
        } catch {
            throw StartError(.config, error.description)
        }
        throw StartError(
            .config, "\(source) is no key: a key is 32 bytes, raw or as base64, as `refreshd key new` writes it")
    }
}

extension OpenError {
    /// Whether a later start may find it well again.
    fileprivate var passes: Bool {
        switch self {
        case .locked, .unavailable, .noPermission, .folderMissing, .missing, .taken: true
        case .keyMissing, .keyMalformed, .keyExposed, .wrongKey, .keyChangeUnfinished, .foreign, .newer, .damaged: false
        }
    }
}
