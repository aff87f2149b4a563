// SQLite's errors as the port's and the opening's. Only SQLite's fixed words for a code are passed on: its messages
// may quote what was written.

import GRDB
import RefreshEngine
import RefreshPolicy

extension StoreError {
    /// Why reading or writing a store that was open failed.
    init(_ error: any Error, store: String) {
        switch error {
        case let error as DatabaseError: self.init(error.extendedResultCode, store: store)
        case let row as UnreadableRow:
            let name = row.key.map { "of session \($0)" } ?? "of a session"
            self = .damaged(
                """
                In the store \(store), the row \(name) cannot be read (\(row.column)). Either a later refreshd wrote \
                it, or the file was changed: run that version, or restore a backup.
                """)
        default: self = .unavailable("The store \(store) failed (\(type(of: error))); it is tried again.")
        }
    }

    private init(_ code: ResultCode, store: String) {
        switch code.primaryResultCode {
        case .SQLITE_FULL:
            self = .unavailable("The disk of the store \(store) is full. Make room: what was to be written waits.")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
            self = .unavailable(
                """
                The store \(store) may not be written (\(code)). Is its file system mounted read-only, or did its \
                owner change? What was to be written waits.
                """)
        case .SQLITE_IOERR:
            self = .unavailable(
                """
                The disk of the store \(store) fails (\(code)): it may be broken, or its file system have turned \
                read-only. Look into the kernel's log (journalctl -k): what was to be written waits.
                """)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self = .unavailable(
                "The store \(store) is locked by another program. End it: what was to be written waits.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .damaged("The store \(store) is damaged (\(code)). Stop refreshd, and restore or remove the file.")
        case .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
            self = .damaged(
                "The store \(store) is not of the form it was made in (\(code)). Restore a backup, or remove the file.")
        default:
            self = .unavailable("The store \(store) failed (\(code)); it is tried again.")
        }
    }

    /// A value that does not unseal. It is not used, which for a token heals itself.
    static func unopened(_ column: SealedColumn, of key: SessionKey) -> StoreError {
        switch column {
        case .token, .next:
            .damaged(
                """
                A stored token of session \(key) does not unseal: it was changed, or is not of this session. It is \
                not used; Appwrite is asked for the token at the next look.
                """)
        case .secret:
            .damaged(
                """
                The stored secret of session \(key) does not unseal: it was changed, or is not of this session. It \
                is not used; register the session again.
                """)
        }
    }
}

extension OpenError {
    /// Why SQLite did not open a store that was there.
    init(_ error: any Error, store: String) {
        guard let error = error as? DatabaseError else {
            self = .unavailable(path: store, cause: "\(type(of: error))")
            return
        }
        let code = error.extendedResultCode
        switch error.resultCode {
        case .SQLITE_CORRUPT: self = .damaged(store: store, found: "SQLite says \(code)")
        case .SQLITE_NOTADB: self = .foreign(path: store, found: "something that SQLite does not read")
        case .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            self = .noPermission(path: store, cause: "SQLite says \(code)")
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(store: store, holder: nil)
        case .SQLITE_FULL: self = .unavailable(path: store, cause: "its disk is full")
        default: self = .unavailable(path: store, cause: "SQLite says \(code)")
        }
    }
}
