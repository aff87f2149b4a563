// Why the daemon was not reached, and what to do, in words for somebody who has never heard of sockets.

import Glibc
import UnixSockets
package import Vocabulary

package enum SocketTrouble: Error, Hashable, Sendable {
    /// The kernel's answer to the attempt to connect.
    case refused(errno: Int32)
    case answerTooLarge
    case noAnswer(within: Duration)
    case closed
    case notUnderstood

    /// Refuses what the kernel cannot take for a socket's path.
    package static func check(path: String) throws(CommandFailure) {
        guard path.utf8.count <= UsualSockets.longestPath else {
            throw CommandFailure(
                .usage,
                "a socket's path has at most \(UsualSockets.longestPath) bytes, and --socket has \(path.utf8.count)")
        }
        guard !path.isEmpty else { throw CommandFailure(.usage, "--socket is empty") }
        guard !path.utf8.contains(0) else {
            throw CommandFailure(.usage, "--socket \(path.shown()) is no path")
        }
    }

    /// In words, of the socket at `path`.
    package func failure(at path: String) -> CommandFailure {
        switch self {
        case .refused(let errno): return Self.refused(path, errno: errno)
        case .answerTooLarge:
            return CommandFailure(.software, "refreshd's answer is larger than any answer it should give")
        case .noAnswer(let patience):
            let time = DurationText.text(patience)
            return CommandFailure(.tryAgain, "refreshd did not answer within \(time). See: systemctl status refreshd")
        case .closed:
            return CommandFailure(
                .tryAgain,
                "refreshd closed the connection without an answer: it may be stopping or restarting. Try again.")
        case .notUnderstood:
            // Why not is not said: that could quote the answer, and the answer may hold a token (law 7).
            return CommandFailure(
                .software,
                """
                the answer is not understood: refreshd itself and this program may be of two versions. Restart \
                refreshd.
                """)
        }
    }

    private static func refused(_ path: String, errno: Int32) -> CommandFailure {
        let place = path.shown()
        switch errno {
        case ENOENT, ENOTDIR:
            return CommandFailure(
                .unavailable,
                """
                there is no socket \(place): refreshd does not run, or listens elsewhere. See: systemctl status \
                refreshd. Name another socket by --socket.
                """)
        case ECONNREFUSED where !isSocket(path):
            return CommandFailure(
                .unavailable,
                "\(place) is no socket. Name that of refreshd by --socket, or leave it out for the usual one.")
        case ECONNREFUSED:
            return CommandFailure(
                .unavailable, "nobody listens at \(place): refreshd has stopped. See: systemctl status refreshd")
        case EAGAIN:
            // Its queue is full, and it takes nobody from it.
            return CommandFailure(
                .tryAgain, "refreshd takes no connection at \(place) now. See: systemctl status refreshd")
        case EACCES, EPERM:
            return CommandFailure(.noPermission, "this user may not connect to \(place). \(remedy(path))")
        default:
            return CommandFailure(.unavailable, "cannot connect to \(place): \(String(cString: strerror(errno)))")
        }
    }

    private static func isSocket(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) != 0 || facts.st_mode & S_IFMT == S_IFSOCK
    }

    private static func remedy(_ path: String) -> String {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            return "It may not even look into the socket's folder: the folder's group may, as ls -ld shows."
        }
        guard facts.st_mode & S_IWGRP != 0 else {
            return "Only the socket's owner may: run this as root, by sudo."
        }
        guard facts.st_gid != 0 else {
            return "Only root may. The settings can name a group for it (group: of sockets), or the socket's unit can."
        }
        let group = (groupName(facts.st_gid) ?? "\(facts.st_gid)").shown()
        return """
            Members of the group \(group) may: root makes somebody a member by usermod -aG \(group) USER, from the \
            next login on.
            """
    }

    /// As /etc/group has it: to ask the machine's name services, as getgrgid(3) does, a program must load libraries, and
    /// one that is linked for a quick start cannot.
    private static func groupName(_ group: gid_t) -> String? {
        guard let file = fopen("/etc/group", "re") else { return nil }
        defer { fclose(file) }
        while let entry = fgetgrent(file) {
            if entry.pointee.gr_gid == group { return String(cString: entry.pointee.gr_name) }
        }
        return nil
    }
}
