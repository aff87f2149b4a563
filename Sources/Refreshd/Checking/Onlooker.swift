// Who runs the check, and whom it checks for: what is closed to somebody who only looks on is no fault of the thing.

import Glibc
import Vocabulary

struct Onlooker: Sendable {
    /// The user that the check runs as.
    let user: uid_t
    /// The user that the daemon runs as: who owns its folder; before there is one, the user `refreshd`. Nil where
    /// neither is there.
    let daemonUser: uid_t?

    static let rootAdvice = "run it as root: sudo refreshd check"

    /// Whether what is refused to this user may all the same be open to the daemon.
    var sees: Bool { user == 0 || user == daemonUser }

    /// Of a file that is its owner's alone: root reads every one, the daemon only its own. Nil where it is the daemon's.
    func ownership(of path: String, _ subject: Finding.Subject, _ status: ExitStatus) -> Finding? {
        guard let daemonUser, daemonUser != 0, let facts = FileFacts(path), facts.owner != daemonUser else {
            return nil
        }
        let (owner, user) = (FileFacts.name(of: facts.owner), FileFacts.name(of: daemonUser))
        let found = "\(path.shown()) belongs to \(owner), and refreshd runs as \(user), who may not use it"
        return .error(subject, status, found, "chown \(user) \(path.shown())")
    }
}

extension Onlooker {
    init(stateFolder: String) {
        let owner = FileFacts(stateFolder)?.owner ?? LocalAccounts.machine.user("refreshd").number
        self.init(user: geteuid(), daemonUser: owner)
    }
}

/// Owner and rights of a file or folder.
struct FileFacts: Hashable, Sendable {
    let owner: uid_t
    let group: gid_t
    /// Permission bits.
    let mode: UInt32
    let kind: Kind

    enum Kind: Hashable, Sendable {
        case file
        case folder
        case socket
        case other
    }

    /// Nil where there is nothing, or where it may not be seen: `errno` says which.
    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        owner = facts.st_uid
        group = facts.st_gid
        mode = facts.st_mode & 0o7777
        kind =
            switch facts.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFSOCK: .socket
            default: .other
            }
    }

    var octal: String { "0" + String(mode, radix: 8) }

    static func name(of user: uid_t) -> String {
        LocalAccounts.name(ofUser: user)?.shown(limit: 60) ?? "\(user)"
    }
}
