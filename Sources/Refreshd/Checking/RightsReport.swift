// What one user of this machine may do, and why: by the sockets' modes, and by the rules of the settings. What it says of
// the rules is what the door goes by.

import Glibc
import RefreshPolicy
import TokenAPI
import Vocabulary

struct RightsReport: Sendable {
    let member: LocalAccounts.Member
    let settingsFile: String
    let sockets: [OfSocket]

    struct OfSocket: Sendable {
        let name: SocketName
        let path: String
        let reach: SocketReach
        let rights: [OfRight]
    }

    struct OfRight: Sendable {
        let right: Right
        let clauses: [Clause]
    }

    /// - Parameter daemon: the user that the daemon runs as; nil where it is not known.
    init(of member: LocalAccounts.Member, by settings: Settings, file: String, daemon: uid_t?) {
        self.member = member
        settingsFile = file
        let peer = Peer(process: 0, user: member.user, group: member.group, groups: .known(member.groups))
        sockets = settings.sockets.all.map { socket in
            let rights: [Right] =
                switch socket.name.role {
                case .token: [.read, .register]
                case .control: [.register, .control]
                }
            return OfSocket(
                name: socket.name, path: socket.place.path,
                reach: SocketReach(of: member, to: socket.place, daemon: daemon),
                rights: rights.map { right in
                    // Where nobody knows whose the daemon is, nobody is taken for it.
                    let clauses = settings.access.clauses(on: right, for: peer, at: socket.name, daemon: daemon ?? .max)
                    return OfRight(right: right, clauses: clauses)
                })
        }
    }

    var name: String { member.name?.shown(limit: 60) ?? "uid \(member.user)" }

    /// Such as "www-data may read some tokens, register no session, and control nothing".
    var headline: String {
        let words = Right.allCases.map { right in
            switch (right, extent(of: right)) {
            case (.read, .all): "read all tokens"
            case (.read, .some): "read some tokens"
            case (.read, .none): "read no token"
            case (.register, .all): "register sessions of all projects"
            case (.register, .some): "register sessions of some projects"
            case (.register, .none): "register no session"
            case (.control, .all): "control everything"
            case (.control, .some): "control some projects"
            case (.control, .none): "control nothing"
            }
        }
        let isSeen = sockets.allSatisfy { $0.reach.isOpen != nil }
        return "\(name) may \(words[0]), \(words[1]), and \(words[2])"
            + (isSeen ? "" : ", as far as could be seen: not all sockets were")
    }

    private enum Extent {
        case none
        case some
        case all
    }

    /// Over the sockets that can be reached.
    private func extent(of right: Right) -> Extent {
        let rights = sockets.filter { $0.reach.isOpen != false }.flatMap(\.rights).filter { $0.right == right }
        if rights.contains(where: { $0.clauses.allSatisfy(\.decision.isAllowed) }) { return .all }
        return rights.contains { $0.clauses.contains(where: \.decision.isAllowed) } ? .some : .none
    }
}

/// As people read it.
struct RightsText {
    let report: RightsReport

    var text: String {
        let member = report.member
        let groups = ([member.group] + member.groups.sorted()).map { group in
            LocalAccounts.name(ofGroup: group)?.shown(limit: 60) ?? "\(group)"
        }
        var text = "\(report.headline).\n\n"
        text += "\(report.name): uid \(member.user), in \(groups.count == 1 ? "the group" : "the groups") "
        text += groups.joined(separator: ", ") + "\n"
        for socket in report.sockets {
            text += "\nSocket \(socket.name), \(socket.path.shown())\n"
            let isOpen = socket.reach.isOpen.map { $0 ? "yes" : "no" } ?? "?"
            var rows = [["connect", isOpen, "", socket.reach.words]]
            for right in socket.rights {
                for (index, clause) in right.clauses.enumerated() {
                    let isOnly = right.clauses.count == 1
                    rows.append([
                        index == 0 ? right.right.rawValue : "", clause.decision.isAllowed ? "yes" : "no",
                        clause.scope ?? (isOnly ? "everything" : "all else"),
                        why(clause, of: right.right, at: socket.name),
                    ])
                }
            }
            text += aligned(rows)
        }
        return text
    }

    private func why(_ clause: Clause, of right: Right, at socket: SocketName) -> String {
        // What no rule of registering says there, those of control do.
        let isOfControl = right == .register && socket == .control
        return switch clause.decision.grounds {
        case .rule(let rule): "rule \(rule.place.number), \(report.settingsFile.shown()):\(rule.place.line)"
        case .noRuleFits where isOfControl: "who may control may register, and no rule of control fits"
        case .standard where isOfControl: "who may control may register: no rule speaks of control"
        case .noRuleFits: "rules speak of it, and none fits"
        case .standard:
            clause.decision.isAllowed
                ? "no rule speaks of it: whoever may connect" : "no rule allows it"
        case .owner: "root, and the user that refreshd runs as, always"
        }
    }

    private func aligned(_ rows: [[String]]) -> String {
        // What is said of connecting has no scope, and need not stand behind theirs.
        let width = rows.map { $0[2].count }.max() ?? 0
        return rows.map { row in
            let scope = row[2].isEmpty ? "" : padded(row[2], to: width)
            return "  " + padded(row[0], to: 8) + padded(row[1], to: 3) + scope + row[3] + "\n"
        }.joined()
    }

    private func padded(_ word: String, to width: Int) -> String {
        word + String(repeating: " ", count: max(0, width - word.count) + 2)
    }
}

extension Clause {
    /// What of all it is about; nil where it is about all that is left.
    fileprivate var scope: String? {
        guard case .rule(let rule) = decision.grounds else { return nil }
        let parts = [("project", rule.project), ("user", rule.user), ("provider", rule.provider)]
            .compactMap { name, pattern in pattern.map { "\(name) \($0)" } }
        return parts.isEmpty ? nil : parts.joined(separator: ", ").shown(limit: 400)
    }
}

/// What `refreshd check --as USER --json` writes.
struct RightsBody: Encodable {
    let summary: String
    /// Absent where the number has no name.
    let name: String?
    let uid: UInt32
    /// The first is its own.
    let gids: [UInt32]
    let sockets: [Socket]

    struct Socket: Encodable {
        let name: String
        let path: String
        /// Absent where it could not be seen.
        let connects: Bool?
        let why: String
        /// The first that fits decides.
        let rights: [Entry]
    }

    struct Entry: Encodable {
        /// "read", "register" or "control".
        let right: String
        let allowed: Bool
        /// Patterns; absent where it is about all.
        let project: String?
        let user: String?
        let provider: String?
        /// The rule that says so: its place among the rules, and its line. Absent where none does.
        let rule: Int?
        let line: Int?
    }

    init(_ report: RightsReport) {
        summary = report.headline
        (name, uid) = (report.member.name, report.member.user)
        gids = [report.member.group] + report.member.groups.sorted()
        sockets = report.sockets.map { socket in
            Socket(
                name: socket.name.rawValue, path: socket.path, connects: socket.reach.isOpen, why: socket.reach.words,
                rights: socket.rights.flatMap { right in right.clauses.map { Entry(right.right, $0) } })
        }
    }
}

extension RightsBody.Entry {
    fileprivate init(_ right: Right, _ clause: Clause) {
        var rule: AccessRule?
        if case .rule(let given) = clause.decision.grounds { rule = given }
        self.init(
            right: right.rawValue, allowed: clause.decision.isAllowed, project: rule?.project?.description,
            user: rule?.user?.description, provider: rule?.provider?.description, rule: rule?.place.number,
            line: rule?.place.line)
    }
}
