// The files of a store's keys: FILE, FILE.next while the store is changed for another key, and FILE.ID for a key that it
// had. A key is never erased: backups may need it.

/// Keys in files, by the path of the one in use.
package struct KeyFiles: Hashable, Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package var nextPath: String { path + ".next" }

    /// The keys that are there; the first start makes one.
    package func load(forStore store: String) throws(OpenError) -> StoreKeys {
        StoreKeys(main: try .loadOrCreate(path: path, forStore: store), next: try .load(nextPath))
    }

    /// The key that the store is to have: the one that a change which broke off has made, or a new one.
    package func makeNext() throws(OpenError) -> SealingKey {
        if let begun = try SealingKey.load(nextPath) { return begun }
        let key = SealingKey.random()
        try key.write(to: nextPath)
        return key
    }

    /// Puts the next key in the place of the one in use, which is kept under its id. Gives the path where it is kept.
    package func settle(former: KeyID) throws(OpenError) -> String {
        let kept = "\(path).\(former)"
        // A start that broke off here has done the one or the other.
        if let main = try SealingKey.load(path), main.id == former { try Path.keep(path, as: kept) }
        if try Path.exists(nextPath) { try Path.replace(path, by: nextPath) }
        return kept
    }
}
