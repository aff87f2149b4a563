// Whether a user can connect to a socket, by the modes of the socket and of the folders that lead there. Access control
// lists and security modules, which may say otherwise, are not looked at.

import Glibc
import TokenAPI
import Vocabulary

enum SocketReach: Hashable, Sendable {
    case open(String)
    case closed(String)
    /// It was not seen.
    case unknown(String)

    /// - Parameter daemon: the user whose the socket will be, where it is not there.
    init(of member: LocalAccounts.Member, to socket: SocketPath, daemon: uid_t?) {
        let parts = socket.path.split(separator: "/").dropLast()
        for depth in 0...parts.count {
            let folder = "/" + parts.prefix(depth).joined(separator: "/")
            guard let facts = FileFacts(folder) else {
                if errno == ENOENT { break }
                self = .unknown("this user may not look into \(folder.shown()): run it as root")
                return
            }
            guard facts.lets(member, 0o1) else {
                self = .closed("the folder \(folder.shown()) is closed to it (\(facts.words))")
                return
            }
        }
        if let facts = FileFacts(socket.path) {
            let who = facts.class(of: member)
            self =
                facts.lets(member, 0o2)
                ? .open("\(facts.words) lets \(who) connect") : .closed("\(facts.words) does not let \(who) connect")
        } else if errno == ENOENT {
            self = Self.planned(member, socket, daemon)
        } else {
            self = .unknown("this user may not see \(socket.path.shown()): run it as root")
        }
    }

    /// By the settings: refreshd makes it so, where no socket unit of systemd does.
    private static func planned(
        _ member: LocalAccounts.Member, _ socket: SocketPath, _ daemon: uid_t?
    ) -> SocketReach {
        let owner = daemon.flatMap { LocalAccounts.member(String($0)) }
        let group = socket.group.map { LocalAccounts.machine.group($0).number } ?? owner?.group
        guard let owner, let group else {
            return .unknown("it is not there, and whose it will be is not known: the daemon's user or group is missing")
        }
        let facts = FileFacts(owner: owner.user, group: group, mode: socket.mode, kind: .socket)
        let words = "it is not there; as the settings have it, \(facts.words) will"
        let who = facts.class(of: member)
        return facts.lets(member, 0o2)
            ? .open("\(words) let \(who) connect") : .closed("\(words) not let \(who) connect")
    }

    /// Nil where it is not known.
    var isOpen: Bool? {
        switch self {
        case .open: true
        case .closed: false
        case .unknown: nil
        }
    }

    var words: String {
        switch self {
        case .open(let words), .closed(let words), .unknown(let words): words
        }
    }
}

extension FileFacts {
    fileprivate init(owner: uid_t, group: gid_t, mode: UInt32, kind: Kind) {
        self.owner = owner
        self.group = group
        self.mode = mode
        self.kind = kind
    }

    /// - Parameter right: 1 to pass a folder, 2 to connect to a socket, 3 to make one in a folder. The class of the nearest
    ///   kin decides alone.
    func lets(_ member: LocalAccounts.Member, _ right: UInt32) -> Bool {
        if member.user == 0 { return true }
        let place: UInt32 = member.user == owner ? 6 : isKin(member) ? 3 : 0
        return mode >> place & right == right
    }

    private func isKin(_ member: LocalAccounts.Member) -> Bool {
        member.group == group || member.groups.contains(group)
    }

    /// As which the member is let in, or not.
    fileprivate func `class`(of member: LocalAccounts.Member) -> String {
        if member.user == 0 { return "root" }
        if member.user == owner { return "its owner" }
        return isKin(member) ? "members of its group" : "others than its owner and group"
    }

    /// Such as `refreshd:apps 0660`.
    fileprivate var words: String {
        let groupName = LocalAccounts.name(ofGroup: group)?.shown(limit: 60) ?? "\(group)"
        return "\(Self.name(of: owner)):\(groupName) \(octal)"
    }
}
