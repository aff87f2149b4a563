// What the names of the settings' projects stand for, beside what they stand for in the store.

import RefreshEngine
import RefreshPolicy
import SessionStorage

extension SQLiteStore {
    /// Refuses a name under which the sessions of another project are stored: they would be taken for gone.
    func note(_ settings: Settings) async throws(StartError) {
        let misused: [MisusedName]
        do throws(StoreError) {
            misused = try await note(projects: settings.projectIDs)
        } catch {
            throw StartError(.unavailable, error.words)
        }
        guard misused.isEmpty else {
            let mistakes = misused.map { "projects.\($0.name).project: \($0.words); \($0.advice)" }
            throw StartError(.config, mistakes.joined(separator: "\n"))
        }
    }
}

extension Settings {
    /// Appwrite's ids of the projects, by the settings' names of them.
    var projectIDs: [ProjectAlias: String] {
        Dictionary(uniqueKeysWithValues: projects.map { ($0.alias, $0.project.rawValue) })
    }
}

extension MisusedName {
    var words: String {
        """
        \(name) is the name of the project \(stored) in the store, with \(sessions) \
        session\(sessions == 1 ? "" : "s"), and of the project \(meant) in the settings
        """
    }

    var advice: String {
        """
        put \(stored) back, or give \(meant) a name of its own: a name stands for one project for good, or what is stored \
        of the one would be looked for in the other, and erased
        """
    }
}
