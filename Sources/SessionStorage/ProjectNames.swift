// Which of Appwrite's projects each name of the settings stands for. Sessions are stored under the name: looked for in
// another project, none of them would be there, and all would be taken for gone and be erased.

import GRDB
package import RefreshEngine
package import RefreshPolicy

/// A name that stands for another project than the one whose sessions are stored under it.
package struct MisusedName: Hashable, Sendable {
    package let name: ProjectAlias
    /// As Appwrite calls them.
    package let stored: String
    package let meant: String
    /// How many sessions are stored under the name.
    package let sessions: Int
}

extension SQLiteStore {
    /// Notes what each name stands for, by Appwrite's own id of the project. Gives the names that cannot stand for it;
    /// where there are some, nothing is noted.
    package func note(projects: [ProjectAlias: String]) async throws(StoreError) -> [MisusedName] {
        try await write { database in
            let misused = try ProjectNames.misused(among: projects, in: database)
            if misused.isEmpty { try ProjectNames.note(projects, in: database) }
            return misused
        }
    }
}

enum ProjectNames {
    /// In the order of the names.
    static func misused(among projects: [ProjectAlias: String], in database: Database) throws -> [MisusedName] {
        try projects.sorted { $0.key < $1.key }.compactMap { name, meant in
            guard let stored = try noted(name, in: database), stored != meant else { return nil }
            let sessions = try Int.fetchOne(
                database, sql: "SELECT sum(count) FROM standing_count WHERE project = ?", arguments: [name.rawValue])
            guard let sessions, sessions > 0 else { return nil }
            return MisusedName(name: name, stored: stored, meant: meant, sessions: sessions)
        }
    }

    /// How far the logins of one project were read says nothing of another's.
    static func note(_ projects: [ProjectAlias: String], in database: Database) throws {
        for (name, id) in projects {
            let before = try noted(name, in: database)
            guard before != id else { continue }
            if before != nil {
                try database.execute(sql: "DELETE FROM discovery WHERE project = ?", arguments: [name.rawValue])
            }
            try database.execute(
                sql: "INSERT OR REPLACE INTO project (name, project_id) VALUES (?, ?)", arguments: [name.rawValue, id])
        }
    }

    private static func noted(_ name: ProjectAlias, in database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT project_id FROM project WHERE name = ?", arguments: [name.rawValue])
    }
}
