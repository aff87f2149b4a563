// Why a store was not opened: what, where, and what to do. Whatever it is, nothing was written over.

import Glibc

package enum OpenError: Error, Hashable, Sendable {
    case folderMissing(String)
    case noPermission(path: String, cause: String)
    /// Another process has it; nil where that process has not yet said who it is.
    case locked(store: String, holder: Int32?)
    /// The store is there and its key is not.
    case keyMissing(key: String, store: String)
    case keyMalformed(String)
    /// Others than its owner may read the key.
    case keyExposed(path: String, mode: UInt32)
    case wrongKey(store: String, storeNeeds: String, given: String)
    /// Its change of keys was begun and not finished, and the key that it is changed for is not there.
    case keyChangeUnfinished(store: String, needs: String)
    /// There is no store to copy.
    case missing(store: String)
    /// A file that was to be made is there already.
    case taken(String)
    /// A file of something else.
    case foreign(path: String, found: String)
    /// Written by a later version of refreshd.
    case newer(store: String)
    case damaged(store: String, found: String)
    /// Anything else: disk full, an I/O error, too many open files.
    case unavailable(path: String, cause: String)

    /// From an error number of the kernel.
    init(_ code: Int32, at path: String) {
        let cause = String(cString: strerror(code))
        switch code {
        case ENOENT, ENOTDIR: self = .folderMissing(Path.folder(of: path))
        case EACCES, EPERM: self = .noPermission(path: path, cause: cause)
        case EISDIR: self = .foreign(path: path, found: "a folder")
        default: self = .unavailable(path: path, cause: cause)
        }
    }

    /// From an error number of link(2), where EPERM is no matter of owners.
    init(ofLink code: Int32, at path: String) {
        switch code {
        case EPERM, EOPNOTSUPP, ENOSYS:
            self = .unavailable(
                path: path,
                cause: "its file system has no hard links (FAT and exFAT have none), and one that has them is needed")
        default: self.init(code, at: path)
        }
    }
}

extension OpenError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .folderMissing(let folder):
            "The folder \(folder) does not exist. Make it, owned by refreshd's user, or name another in the settings."
        case .noPermission(let path, let cause):
            """
            \(path) may not be opened or written: \(cause). Give it and its folder \(Path.folder(of: path)) to \
            refreshd's user (chown).
            """
        case .locked(let store, let holder?):
            """
            The store \(store) is in use by process \(holder). One refreshd writes to a store: stop the other, or \
            name another store in the settings.
            """
        case .locked(let store, nil):
            "The store \(store) is in use by another process. Stop it, or name another store in the settings."
        case .keyMissing(let key, let store):
            """
            The store \(store) is there, its key \(key) is not. No new key is made, since it would not open the \
            store. Put the key back; or remove the store: sessions that an API key finds come back by themselves, \
            those registered by their secret must be registered again.
            """
        case .keyMalformed(let key):
            """
            \(key) is no key. A key is 32 bytes, raw or as base64: put the right one back, or, for a new store, make \
            one by `refreshd key new`.
            """
        case .keyExposed(let path, let mode):
            """
            The key \(path) can be read by others than its owner (mode \(String(mode, radix: 8))). Find out who did, \
            then `chmod 600` it.
            """
        case .wrongKey(let store, let needed, let given):
            """
            The store \(store) was sealed with another key: it needs \(needed), this is \(given). Put the right key \
            back; or remove the store: sessions that an API key finds come back by themselves, those registered by \
            their secret must be registered again.
            """
        case .keyChangeUnfinished(let store, let needed):
            """
            The store \(store) was being changed for another key, \(needed), and needs both until that is done. Put \
            that key back to where it was: the next start goes on with the change.
            """
        case .missing(let store):
            "There is no store \(store). Does state.directory in the settings name its folder?"
        case .taken(let path):
            "\(path) is there already, and is left as it is. Name another file."
        case .foreign(let path, let found):
            """
            \(path) is not a store of refreshd, but \(found). It was left as it is: move it away, or name another \
            folder in the settings (state: directory).
            """
        case .newer(let store):
            "The store \(store) was written by a later refreshd. Run that version, or name another store."
        case .damaged(let store, let found):
            """
            The store \(store) is damaged: \(found). Restore it from a backup; or move it away (with its -wal and \
            -shm): sessions that an API key finds come back by themselves, those registered by their secret must be \
            registered again.
            """
        case .unavailable(let path, let cause):
            "\(path) cannot be used: \(cause). Nothing was changed: mend that, then start refreshd again."
        }
    }
}
