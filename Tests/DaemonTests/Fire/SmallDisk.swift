// A disk of the daemon's own that can be filled: a small file system in memory, mounted over the folder of its state.
// Only root may mount.

import Foundation
import GRDB
import Glibc
import Harness

struct SmallDisk: Sendable {
    private let folder: String
    private var filler: String { folder + "/filler" }

    /// Gives `body` a small disk over the daemon's state, or nil where none can be mounted. The daemon has ended, and the
    /// disk is gone, when this returns.
    static func with(
        _ daemon: Daemon, isolation: isolated (any Actor)? = #isolation, _ body: (SmallDisk?) async throws -> Void
    ) async throws {
        let folder = daemon.folder + "/state"
        guard mount("tmpfs", folder, "tmpfs", 0, "size=8m,mode=0700") == 0 else { return try await body(nil) }
        do {
            try await body(SmallDisk(folder: folder))
        } catch {
            try await remove(from: daemon, folder)
            throw error
        }
        try await remove(from: daemon, folder)
    }

    private static func remove(from daemon: Daemon, _ folder: String) async throws {
        try await daemon.end()
        guard umount2(folder, Int32(MNT_DETACH)) == 0 else {
            throw HarnessTrouble("cannot unmount \(folder): \(String(cString: strerror(errno)))")
        }
    }

    /// Takes all room that is left, and what the store's log has kept for itself: within that, writes go on.
    func fill() throws {
        try shrinkLog()
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw HarnessTrouble("cannot open \(filler): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 1 << 16)
        var size = block.count
        while size > 0 {
            let written = lseek(descriptor, 0, SEEK_END) >= 0 ? write(descriptor, block, size) : -1
            // What is left may be less than a block.
            if written < size { size /= 2 }
        }
    }

    private func shrinkLog() throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        let database = try DatabaseQueue(path: folder + "/sessions.db", configuration: configuration)
        do {
            _ = try database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        } catch DatabaseError.SQLITE_BUSY {
            // The daemon has it: then this time its log keeps its room.
        }
        try database.close()
    }

    func empty() throws {
        guard unlink(filler) == 0 || errno == ENOENT else {
            throw HarnessTrouble("cannot remove \(filler): \(String(cString: strerror(errno)))")
        }
    }
}
