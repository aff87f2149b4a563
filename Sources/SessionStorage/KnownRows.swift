// The rows that the loop is at work on, as they are stored. Each is read several times and written as often before it
// rests: read once, it need not be found and unsealed again, and of a write only what changed is sealed and written.

import GRDB
import RefreshPolicy
import Synchronization

/// Of the connection that writes, in whose queue alone it is asked and told. Bounded by bytes: what was not asked for since
/// as much again came is forgotten.
final class KnownRows: Sendable {
    private struct State {
        var recent = Generation()
        var before = Generation()
        /// Of the file, by which SQLite tells whether another connection wrote to it.
        var version: Int64?
    }

    private struct Generation {
        private(set) var rows: [SessionKey: SessionRow] = [:]
        /// Bytes, as far as they can be reckoned.
        private(set) var size = 0

        mutating func remember(_ row: SessionRow) {
            size += row.reckonedSize - (rows.updateValue(row, forKey: row.key)?.reckonedSize ?? 0)
        }

        mutating func forget(_ key: SessionKey) {
            size -= rows.removeValue(forKey: key)?.reckonedSize ?? 0
        }
    }

    private let state = Mutex(State())

    /// Bytes of each of two generations: some two thousand sessions with tokens as long as Google's.
    private static let capacity = 2 << 20

    /// Forgets all where another program wrote to the store.
    func heed(_ database: Database) throws {
        let version = try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA data_version"))
        state.withLock { state in
            if state.version != version { state = State() }
            state.version = version
        }
    }

    subscript(key: SessionKey) -> SessionRow? {
        state.withLock { state in
            if let row = state.recent.rows[key] { return row }
            guard let row = state.before.rows[key] else { return nil }
            remember(row, in: &state)
            return row
        }
    }

    /// All of them, where all are known; found by an index that holds their keys.
    func rows(of user: UserID, in project: ProjectAlias, _ database: Database) throws -> [SessionRow]? {
        let ids = try String.fetchCursor(
            database.cachedStatement(sql: Self.sessionsOfUser), arguments: [project.rawValue, user.rawValue])
        var rows: [SessionRow] = []
        while let id = try ids.next() {
            guard let session = SessionID(id), let row = self[SessionKey(project: project, session: session)] else {
                return nil
            }
            rows.append(row)
        }
        return rows
    }

    static let sessionsOfUser = "SELECT session_id FROM session WHERE project = ? AND user_id = ? ORDER BY session_id"

    /// As it was read.
    func remember(_ row: SessionRow) {
        state.withLock { remember(row, in: &$0) }
    }

    /// Follows a change that is being written. Where it comes to nothing after all, all is to be forgotten.
    func follow(_ change: Change) {
        switch change {
        case .put(let row):
            guard let before = self[row.key] else { return }
            guard before.grant == row.grant else { return forget(row.key) }
            var row = row
            // These are the grant's: a write of the row leaves them be.
            (row.lastReadAt, row.heat) = (before.lastReadAt, before.heat)
            remember(row)
        case .remove(let key): forget(key)
        case .read, .shift: forgetAll()
        case .budget, .attempts, .discovery, .condition, .conditionOver, .seen: break
        }
    }

    func forgetAll() {
        state.withLock { state in (state.recent, state.before) = (Generation(), Generation()) }
    }

    private func forget(_ key: SessionKey) {
        state.withLock { state in
            state.recent.forget(key)
            state.before.forget(key)
        }
    }

    private func remember(_ row: SessionRow, in state: inout State) {
        if state.recent.size >= Self.capacity { (state.before, state.recent) = (state.recent, Generation()) }
        state.recent.remember(row)
    }
}

extension SessionRow {
    /// Bytes, with what a dictionary, whose key is the row's, and long strings need beside the row itself.
    fileprivate var reckonedSize: Int {
        let secrets = [secret, token?.value, next?.value].compactMap { $0?.reveal() }
        let texts = secrets + [key.session.rawValue, key.session.rawValue, user.rawValue, providerUID]
        return MemoryLayout<SessionRow>.stride + 96 + 96 * episodes.count
            + texts.reduce(0) { $0 + $1.utf8.count + 32 }
    }
}
