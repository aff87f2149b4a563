// Why the daemon was not reached, and what to do, in words for somebody who has never heard of sockets.

import AsyncHTTPClient
import Glibc
import NIOCore

struct SocketTrouble {
    let path: String
    let patience: Duration

    func failure(_ error: any Error) -> CommandFailure {
        switch error {
        case let error as IOError: return refused(errno: error.errnoCode)
        case is NIOTooManyBytesError:
            return CommandFailure(.software, "refreshd's answer is larger than any answer it should give")
        case let error as HTTPClientError where Self.timeouts.contains(error):
            let time = DurationText.text(patience)
            return CommandFailure(.tryAgain, "refreshd did not answer within \(time). See: systemctl status refreshd")
        default:
            // The error's own text is not shown: it may hold what was sent (law 7).
            return CommandFailure(
                .tryAgain,
                "refreshd closed the connection without an answer: it may be stopping or restarting. Try again.")
        }
    }

    private static let timeouts: [HTTPClientError] = [.deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout]

    private func refused(errno: Int32) -> CommandFailure {
        let place = path.shown()
        switch errno {
        case ENOENT, ENOTDIR:
            return CommandFailure(
                .unavailable,
                """
                there is no socket \(place): refreshd does not run, or listens elsewhere. See: systemctl status \
                refreshd. Name another socket by --socket.
                """)
        case ECONNREFUSED where !isSocket:
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
            return CommandFailure(.noPermission, "this user may not connect to \(place). \(remedy)")
        default:
            return CommandFailure(.unavailable, "cannot connect to \(place): \(String(cString: strerror(errno)))")
        }
    }

    private var isSocket: Bool {
        var facts = stat()
        return stat(path, &facts) != 0 || facts.st_mode & S_IFMT == S_IFSOCK
    }

    private var remedy: String {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            return "It may not even look into the socket's folder: the folder's group may, as ls -ld shows."
        }
        guard facts.st_mode & S_IWGRP != 0 else {
            return "Only the socket's owner may: run this as root, by sudo."
        }
        let group = getgrgid(facts.st_gid).map { String(cString: $0.pointee.gr_name) } ?? "\(facts.st_gid)"
        return """
            Members of the group \(group.shown()) may: root makes somebody a member by usermod -aG \(group.shown()) \
            USER, from the next login on.
            """
    }
}
