// The file itself: made aside and named when it is whole, so that under its name there is a store or nothing; and
// looked at byte by byte before SQLite is let near it.

import GRDB
import Glibc

enum StoreFile {
    /// Makes an empty store. A crash on the way leaves no file of that name.
    static func create(_ path: String, key: SealingKey) throws(OpenError) {
        let unfinished = path + ".new"
        // A log without its database is a leftover of a store that was removed: SQLite would play it into the new one.
        for leftover in [unfinished, unfinished + "-journal", path + "-wal", path + "-shm"] {
            try Path.remove(leftover)
        }
        // SQLite would make it readable by all; the files it puts beside it take their mode from it.
        _ = try OpenFile(unfinished, O_RDWR | O_CREAT | O_EXCL)
        do {
            let database = try DatabaseQueue(path: unfinished, configuration: .store)
            try Schema.migrator.migrate(database)
            try database.write { database in
                try database.execute(
                    sql: "INSERT INTO meta (id, key_id, key_proof) VALUES (1, ?, ?)",
                    arguments: [key.id.data, try Sealer(key: key).keyProof()])
            }
            try database.close()
        } catch {
            throw OpenError(error, store: path)
        }
        guard try Path.publish(unfinished, as: path) else {
            let isThere = try Path.exists(path)
            throw OpenError.unavailable(
                path: path,
                cause: isThere ? "a file of this name appeared meanwhile" : "it is a link that leads nowhere")
        }
    }

    /// Throws where the bytes alone tell that this is no store of ours, or a damaged one.
    static func examine(_ path: String) throws(OpenError) -> Examination {
        let file = try OpenFile(path, O_RDWR)
        let examination = try examine(file)
        try file.restrictToOwner()
        return examination
    }

    /// The same of an open file, which is left as it is.
    static func examine(_ file: borrowing OpenFile) throws(OpenError) -> Examination {
        let path = file.path
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw OpenError.foreign(path: path, found: "no regular file")
        }
        let header = try StoreHeader(try file.first(StoreHeader.byteCount), of: path)
        let size = Int64(status.st_size)
        if size >= header.impliedSize { return size <= StoreLimits.wholeCheck ? .checkWhole : .plausible }
        // A crash in the middle of writing the log back leaves a file that is short until the log is played again.
        guard let log = try OpenFile.ifThere(path + "-wal"), try log.status().st_size > 0 else {
            throw OpenError.damaged(
                store: path, found: "it was cut short: \(size) bytes are left of \(header.impliedSize)")
        }
        return .checkWhole
    }

    enum Examination {
        case plausible
        /// Ask SQLite for its check of the whole file: it is small, or its length is in doubt.
        case checkWhole
    }
}

/// The first hundred bytes, as <https://www.sqlite.org/fileformat2.html> gives them.
private struct StoreHeader {
    static let byteCount = 100
    private static let magic = Array("SQLite format 3\0".utf8)

    /// How long the file must be at least.
    let impliedSize: Int64

    init(_ bytes: [UInt8], of path: String) throws(OpenError) {
        guard !bytes.isEmpty else { throw OpenError.damaged(store: path, found: "it is empty") }
        guard bytes.prefix(Self.magic.count) == Self.magic.prefix(bytes.count) else {
            throw OpenError.foreign(path: path, found: "no SQLite database")
        }
        guard bytes.count == Self.byteCount else {
            throw OpenError.damaged(store: path, found: "it was cut short: \(bytes.count) bytes are left")
        }
        func number(at offset: Int, bytes count: Int) -> Int64 {
            bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int64($1) }
        }
        guard number(at: 68, bytes: 4) == Int64(Schema.applicationID) else {
            throw OpenError.foreign(path: path, found: "the SQLite database of another program")
        }
        // A page size of 65536 does not fit into two bytes and is written as 1.
        let pageSize = number(at: 16, bytes: 2)
        impliedSize = (pageSize == 1 ? 65536 : pageSize) * number(at: 28, bytes: 4)
    }
}
