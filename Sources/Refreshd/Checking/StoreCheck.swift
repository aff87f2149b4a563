// Checks the store, the key that seals it and their folder, without a trace: nothing is made, written or locked.

import Glibc
import RefreshPolicy
import SessionStorage
import Systemd
import Vocabulary

struct StoreCheck {
    let settings: Settings
    let folders: ServiceFolders
    let onlooker: Onlooker

    private var state: StateSettings { settings.state }

    private enum Key {
        case found(SealingKey, Finding)
        case none
        case unseen(String)
        case wrong(Finding)
    }

    /// With what the daemon noted to be wrong with more than one session.
    func run() -> (findings: [Finding], conditions: [Condition]) {
        let folder = checkFolder()
        guard folder.severity < .error && folder.isSeen else { return ([folder], []) }
        let key = sealingKey()
        let (found, store, isThere) = checkStore(key)
        let misused = (store?.misused ?? []).map { Finding.error(.store, .settings, $0.words, $0.advice) }
        let findings = [folder, finding(for: key, isThere: isThere), found].compactMap { $0 } + misused
        return (findings, store?.conditions ?? [])
    }

    private func checkFolder() -> Finding {
        let path = state.directory.shown()
        guard let facts = FileFacts(state.directory) else {
            if [EACCES, EPERM].contains(errno) {
                return .unseen(.stateFolder, "\(path) may not be seen by this user", Onlooker.rootAdvice)
            }
            guard let unit = UnitFolder.maker(of: state.directory, usual: StateSettings().directory) else {
                let advice = "make it, with mode 0700 and owned by the daemon's user"
                return .error(.stateFolder, .unavailable, "\(path) does not exist", advice)
            }
            return .fine(.stateFolder, "\(path) is not there yet: systemd makes it at the first start of \(unit)")
        }
        guard facts.kind == .folder else {
            return .error(.stateFolder, .settings, "\(path) is no folder", "name a folder by state.directory")
        }
        guard facts.mode & 0o077 == 0 else {
            let found = "\(path) is open to others than its owner (mode \(facts.octal)): they see the store's names"
            return .warning(.stateFolder, found, "chmod 700 \(path)")
        }
        return .fine(.stateFolder, "\(path) is \(FileFacts.name(of: facts.owner))'s alone")
    }

    private func finding(for key: Key, isThere: Bool) -> Finding? {
        switch key {
        case .found(_, let finding), .wrong(let finding): finding
        case .unseen(let reason): .unseen(.sealingKey, reason, Onlooker.rootAdvice)
        case .none where !isThere: .fine(.sealingKey, "there is none yet: the first start makes it")
        case .none where folders.credentials == nil:
            .unseen(
                .sealingKey,
                "there is no \(state.keyFiles.path.shown()), so it must be the credential “\(state.keyCredential)”",
                "run it as root while refreshd runs, or name the credentials' folder by --credentials")
        case .none:
            .error(
                .sealingKey, .settings, "the store is there, and no key: \(state.keyFiles.path.shown()) does not exist",
                "put the key back; without it the store cannot be read, and no new one is made")
        }
    }

    /// Looked for where the daemon looks, and never made.
    private func sealingKey() -> Key {
        if state.keyFile == nil, let folder = folders.credentials {
            let source = SecretSource.credential(name: state.keyCredential, directory: folder)
            if access("\(folder)/\(state.keyCredential)", F_OK) == 0 { return credential(source) }
        }
        do throws(OpenError) {
            let path = state.keyFiles.path
            guard let key = try SealingKey.load(path) else { return .none }
            let ownership = onlooker.ownership(of: path, .sealingKey, .settings)
            return .found(key, ownership ?? .fine(.sealingKey, "\(path.shown()) can be read"))
        } catch {
            if case .noPermission(let path, _) = error, !onlooker.sees {
                return .unseen("\(path.shown()) may not be read by this user, as it should be")
            }
            return .wrong(.error(.sealingKey, .settings, "\(state.keyFiles.path.shown()) cannot be used", "\(error)"))
        }
    }

    private func credential(_ source: SecretSource) -> Key {
        do throws(SecretError) {
            guard let key = SealingKey(try source.bytes()) else {
                let advice = "a key is 32 bytes, raw or as base64: put the right one there"
                return .wrong(.error(.sealingKey, .settings, "\(source) is no key", advice))
            }
            return .found(key, .fine(.sealingKey, "\(source.description.shown()) can be read"))
        } catch {
            if case .refused(let number) = error.problem, [EACCES, EPERM].contains(number), !onlooker.sees {
                return .unseen("\(source) may not be read by this user")
            }
            return .wrong(.error(.sealingKey, .settings, "\(source) cannot be used", "\(error)"))
        }
    }

    private func checkStore(_ key: Key) -> (Finding, StoreInspection?, isThere: Bool) {
        let path = state.storePath.shown()
        var keys: StoreKeys?
        do throws(OpenError) {
            if case .found(let key, _) = key { keys = StoreKeys(main: key, next: try .load(state.keyFiles.nextPath)) }
            guard
                let store = try StoreInspection.of(state.storePath, keys: keys, projects: settings.projectIDs)
            else {
                return (.fine(.store, "\(path) is not there yet: the first start makes it"), nil, false)
            }
            if let ownership { return (ownership, store, true) }
            let sessions = "\(store.sessions) session\(store.sessions == 1 ? "" : "s")"
            var words = "\(path) is sound: \(sessions), \(Self.size(store.size))"
            if store.version < store.newestVersion {
                words += ", of an earlier refreshd: the next start brings it up to date"
            } else {
                words += ", form \(store.version)"
            }
            if keys == nil { words += "; whether the key fits was not checked" }
            return (.fine(.store, words), store, true)
        } catch {
            switch error {
            case .noPermission where !onlooker.sees:
                let reason = "\(path) may not be read by this user, as it should be"
                return (.unseen(.store, reason, Onlooker.rootAdvice), nil, true)
            case .noPermission:
                let refused = Finding.error(.store, .unavailable, "\(path) may not be opened", "\(error)")
                return (ownership ?? refused, nil, true)
            case .wrongKey:
                return (.error(.store, .settings, "\(path) was sealed with another key", "\(error)"), nil, true)
            case .keyMissing, .keyMalformed, .keyExposed:
                return (.error(.store, .settings, "a key of \(path) cannot be used", "\(error)"), nil, true)
            case .keyChangeUnfinished:
                return (
                    .error(.store, .settings, "\(path) lacks a key of the change that broke off", "\(error)"), nil, true
                )
            case .foreign, .newer, .damaged, .taken:
                return (.error(.store, .unavailable, "\(path) cannot be used", "\(error)"), nil, true)
            case .missing, .folderMissing, .locked, .unavailable:
                return (.unseen(.store, "\(error)", "try again"), nil, true)
            }
        }
    }

    /// Of the store and what SQLite keeps beside it; nil where the daemon owns all that is there.
    private var ownership: Finding? {
        let files = ["", "-wal", "-shm"].map { state.storePath + $0 }
        return files.lazy.compactMap { onlooker.ownership(of: $0, .store, .unavailable) }.first
    }

    private static func size(_ bytes: Int64) -> String {
        bytes < 10 << 20 ? "\((bytes + 1023) >> 10) KiB" : "\(bytes >> 20) MiB"
    }
}
