// Files as the kernel knows them: closed when they go out of use, private when made, and on disk before they are used.

import Glibc

/// An open file. Errors say which file and what to do.
struct OpenFile: ~Copyable {
    let path: String
    private let descriptor: Int32

    /// `flags` as open(2) takes them. A file that is made is its owner's alone.
    init(_ path: String, _ flags: Int32) throws(OpenError) {
        let opened = open(path, flags | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw OpenError(errno, at: path) }
        self.path = path
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// Nil where there is no such file (and where there is no such folder).
    static func ifThere(_ path: String) throws(OpenError) -> OpenFile? {
        guard try Path.exists(path) else { return nil }
        return try OpenFile(path, O_RDONLY)
    }

    func status() throws(OpenError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw OpenError(errno, at: path) }
        return status
    }

    /// The first bytes of the file, fewer where it has no more.
    func first(_ count: Int) throws(OpenError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let size = pread(descriptor, &bytes, count, 0)
        guard size >= 0 else { throw OpenError(errno, at: path) }
        return Array(bytes.prefix(size))
    }

    /// Puts `bytes` in place of all that the file holds, and waits until they are on disk.
    func replaceContents(with bytes: [UInt8]) throws(OpenError) {
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count,
            fsync(descriptor) == 0
        else { throw OpenError(errno, at: path) }
    }

    func restrictToOwner() throws(OpenError) {
        guard fchmod(descriptor, 0o600) == 0 else { throw OpenError(errno, at: path) }
    }

    func sync() throws(OpenError) {
        guard fsync(descriptor) == 0 else { throw OpenError(errno, at: path) }
    }

    /// Gives the lock free at once. To close the file does that only when no process has it that was forked meanwhile.
    func unlock() { flock(descriptor, LOCK_UN) }

    /// Whether the lock was free; it is this file's until it is given free or its process dies, however it dies.
    func lock() throws(OpenError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw OpenError(errno, at: path) }
        return false
    }
}

/// What is done to files by name.
enum Path {
    /// A folder that may not be searched is an error, not an absence.
    static func exists(_ path: String) throws(OpenError) -> Bool {
        if access(path, F_OK) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw OpenError(errno, at: path) }
        return false
    }

    /// The folder that a file is in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func remove(_ path: String) throws(OpenError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw OpenError(errno, at: path) }
    }

    /// Makes a file that is its owner's alone. `body` fills it, and puts it on disk, under a name that it goes by until it
    /// is whole. Where that fails, nothing of it is left: it may hold a key. Only a kill in the middle leaves it, by that
    /// name and still its owner's alone: a file without a name, which goes with its process, is none that SQLite can write
    /// to. Nil where the real name is taken.
    static func make<Made>(
        _ path: String, _ body: (_ unfinished: String) throws(OpenError) -> Made
    ) throws(OpenError) -> Made? {
        let unfinished = "\(path).\(getpid()).new"
        try remove(unfinished)
        // SQLite, for one, would make it readable by all: it finds a file that is there and empty.
        _ = try OpenFile(unfinished, O_RDWR | O_CREAT | O_EXCL)
        do throws(OpenError) {
            let made = try body(unfinished)
            return try publish(unfinished, as: path) ? made : nil
        } catch {
            // Should that fail as well, what went wrong first is what is told.
            unlink(unfinished)
            throw error
        }
    }

    /// Gives a finished file its real name, on disk when this returns. False where that name is taken: nothing is ever
    /// overwritten, which is why this is not rename(2).
    static func publish(_ finished: String, as path: String) throws(OpenError) -> Bool {
        let isOurs = link(finished, path) == 0
        guard isOurs || errno == EEXIST else { throw OpenError(ofLink: errno, at: path) }
        try remove(finished)
        try OpenFile(folder(of: path), O_RDONLY | O_DIRECTORY).sync()
        return isOurs
    }

    /// Gives a file another name in its folder, in place of what had that name; on disk when this returns.
    static func replace(_ path: String, by finished: String) throws(OpenError) {
        guard rename(finished, path) == 0 else { throw OpenError(errno, at: path) }
        try OpenFile(folder(of: path), O_RDONLY | O_DIRECTORY).sync()
    }

    /// Gives a file a second name, unless something has that name already.
    static func keep(_ path: String, as other: String) throws(OpenError) {
        guard link(path, other) == 0 || errno == EEXIST else { throw OpenError(ofLink: errno, at: other) }
    }
}
