// SIGHUP: the settings are read anew, and all goes on by them. Where they are wrong, or a key that they name is, the old
// ones hold on, all of them. Nothing under way is dropped, and who waits, waits on.

import Appwrite
import RefreshEngine
import RefreshPolicy
import ServiceLifecycle
import SessionStorage
import TokenAPI
import UnixSignals
import Vocabulary

/// Runs until graceful shutdown.
struct Reloading: Service {
    let hangups: UnixSignalsSequence
    let file: String
    let folders: ServiceFolders
    /// What this run began with.
    let started: Settings
    let inForce: InForce<Settings>
    let store: SQLiteStore
    let engine: Engine
    let client: AppwriteClient
    let door: Doorkeeper
    let clock: any WallClock
    let log: Log
    let manager: ManagerLine

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // Before that, the manager would take the end of a reload for that of the start.
            guard await manager.readiness.wait() else { return }
            for await _ in hangups {
                manager.reloading()
                await reload()
                await manager.ready()
            }
        }
    }

    private func reload() async {
        let new: Settings
        let projects: [AppwriteProject]
        do throws(StartError) {
            // Nil where refreshd stops meanwhile.
            guard let read = try await Self.reading.run({ () throws(StartError) in try read() }) else { return }
            (new, projects) = read
            try await store.note(new)
        } catch {
            tell(
                .reloadRefused,
                "the new settings are refused, and the old ones hold on; mend them, and reload again. \(error)")
            manager.remark.set("new settings refused, see journalctl -u refreshd", of: .settings)
            return
        }
        // First, so that no call for a project that has just come finds nobody who knows it.
        client.adopt(projects)
        guard await engine.reload(new.rules(at: clock.now()), searches: new.searches) else { return }
        door.adopt(new.access)
        inForce.change(to: new)
        log.least = Telling.Priority(new.log.level)
        manager.remark.set(nil, of: .settings)
        let names = new.projects.map(\.alias.rawValue).joined(separator: ", ")
        tell(.settingsReloaded, "settings read anew; projects: \(names)") { $0.add(.project, names) }
        let kept = RestartNeeds.keys(between: started, new)
        guard !kept.isEmpty else { return }
        tell(
            .restartNeeded,
            """
            \(kept.joined(separator: ", ")): changed in the settings, and as before until refreshd is restarted; all else \
            holds now. Restart it: systemctl restart refreshd
            """)
    }

    private func tell(_ event: DaemonEvent, _ words: String, _ further: (inout Telling) -> Void = { _ in }) {
        var telling = Telling(.daemon(event), words)
        telling.add(.settingsFile, file.shown(limit: 4096))
        further(&telling)
        log.tell(telling)
    }

    private static let reading = BlockingWork("refreshd.reload")

    /// The settings and what they name, all of it sound. It blocks: names of accounts may be asked of a directory service,
    /// which may take minutes to say that it is not there.
    private func read() throws(StartError) -> (Settings, [AppwriteProject]) {
        let settings: Settings
        do throws(SettingsError) {
            settings = try Settings.load(file, folders: folders)
        } catch {
            throw StartError(.config, error.description)
        }
        return (settings, try settings.appwriteProjects())
    }
}

/// What a run cannot change: it listens already, and works with its store.
enum RestartNeeds {
    /// The keys of the settings that differ.
    static func keys(between old: Settings, _ new: Settings) -> [String] {
        var keys: [String] = []
        func compare<Value: Equatable>(_ key: String, _ path: KeyPath<Settings, Value>) {
            if old[keyPath: path] != new[keyPath: path] { keys.append(key) }
        }
        compare("state.directory", \.state.directory)
        compare("state.keyCredential", \.state.keyCredential)
        compare("state.keyFile", \.state.keyFile)
        compare("sockets.control", \.sockets.control)
        compare("sockets.token", \.sockets.token)
        let further = Set(old.sockets.further).symmetricDifference(new.sockets.further).map(\.name)
        keys += Set(further).sorted().map { "sockets.\($0)" }
        compare("log.format", \.log.format)
        return keys
    }
}
