// How SQLite is set up: what is safe to lose (nothing), and how much memory it may take.

import GRDB

extension Configuration {
    /// For all connections to the store.
    static var store: Configuration {
        var configuration = Configuration()
        configuration.label = "refreshd.store"
        configuration.maximumReaderCount = StoreLimits.readers
        configuration.busyMode = .timeout(StoreLimits.patience.inSeconds)
        configuration.prepareDatabase { database in
            database.add(function: StoredEpisodes.moved)
            let cache = database.configuration.readonly ? StoreLimits.readerCache : StoreLimits.writerCache
            try database.execute(
                sql: """
                    PRAGMA cache_size = -\(cache);
                    PRAGMA mmap_size = 0;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA secure_delete = ON;
                    PRAGMA journal_size_limit = \(StoreLimits.journal);
                    """)
        }
        return configuration
    }

    /// For looking at a store without changing a byte of it.
    static var examination: Configuration {
        var configuration = store
        configuration.readonly = true
        return configuration
    }
}

/// A file's name for SQLite where more is to be said than its path: <https://www.sqlite.org/uri.html>.
enum SQLiteURI {
    static func of(_ path: String, _ options: String) -> String {
        // These have a meaning in it.
        let escaped = path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
        return "file:\(escaped)?\(options)"
    }
}

/// The limits of the store's connections.
enum StoreLimits {
    /// Readers at once; more wait for one of them, never for the writer.
    static let readers = 4
    /// How long another program (a backup, an operator's sqlite3) may hold the file before a write is given up and
    /// tried again by the loop.
    static let patience = Duration.seconds(5)
    /// Memory for pages, KiB. The writer's holds the upper levels of the indexes of a million sessions.
    static let writerCache = 16 * 1024
    static let readerCache = 2 * 1024
    /// Bytes that the write-ahead log keeps on disk once it has been written back. A long read can make it grow.
    static let journal = 16 * 1024 * 1024
    /// Bytes up to which a store is checked whole when it is opened: it takes a fraction of a second.
    static let wholeCheck: Int64 = 64 * 1024 * 1024
}

extension Duration {
    fileprivate var inSeconds: Double { self / .seconds(1) }
}
