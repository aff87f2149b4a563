// Checks the sockets: whether a daemon answers there; and where none does, whether one could listen.

import Glibc
import RefreshPolicy
import TokenAPI
import Vocabulary

struct SocketCheck {
    let settings: Settings
    let onlooker: Onlooker

    private static let patience = Duration.seconds(5)

    /// With what the running daemon tells of itself, where it does.
    func run() async -> (findings: [Finding], status: StatusBody?) {
        let socket = settings.sockets.control
        do throws(CommandFailure) {
            let request = SocketRequest(.get, "/v1/status", patience: Self.patience)
            let (status, _) = try await SocketClient(path: socket.path).ask(request, for: StatusBody.self)
            let control = Finding.fine(.controlSocket, "refreshd answers at \(socket.path.shown())")
            return ([daemon(status), control] + (await tokens()), status)
        } catch {
            let control = finding(for: error, .controlSocket, socket)
            return ([troubled(error), control] + (await tokens()), nil)
        }
    }

    private func tokens() async -> [Finding] {
        var findings: [Finding] = []
        for socket in settings.sockets.tokens { findings.append(await answering(.tokenSocket, socket.place)) }
        return findings
    }

    private func daemon(_ status: StatusBody) -> Finding {
        let age = TimeWords.short(status.now.time, since: status.startedAt.time)
        let known = settings.projects.map(\.alias.rawValue)
        guard status.projects.sorted() == known.sorted() else {
            let names = status.projects.map { $0.shown(limit: 64) }.joined(separator: ", ")
            let found = "refreshd runs by other settings than these: its projects are \(names)"
            return .warning(.daemon, found, "have it read them: systemctl reload refreshd")
        }
        return .fine(.daemon, "refreshd runs since \(TimeWords.moment(status.startedAt)), for \(age)")
    }

    /// The daemon that did not tell how it stands.
    private func troubled(_ failure: CommandFailure) -> Finding {
        let advice = "see journalctl -u refreshd"
        return switch failure.status {
        case .unavailable where failure.isAnswer:
            .error(.daemon, .unavailable, "refreshd runs and is in trouble: \(failure.message)", advice)
        case .tryAgain where failure.isAnswer:
            .warning(.daemon, "refreshd runs and is in trouble: \(failure.message)", advice)
        case .unavailable: .hint(.daemon, "refreshd does not run", "start it: systemctl enable --now refreshd")
        case .noPermission:
            .unseen(.daemon, "this user may not ask refreshd how it stands", Onlooker.rootAdvice)
        case .tryAgain:
            .warning(.daemon, "refreshd does not answer: \(failure.message)", advice)
        case .usage, .data, .noInput, .noUser, .software, .cannotWrite, .settings:
            .error(
                .daemon, .unavailable, "what answers in refreshd's place is not understood: \(failure.message)",
                "restart refreshd; where that does not help, see which program listens there")
        }
    }

    /// A question that is never right: whoever refuses it listens.
    private func answering(_ subject: Finding.Subject, _ socket: SocketPath) async -> Finding {
        do throws(CommandFailure) {
            _ = try await SocketClient(path: socket.path).answer(
                to: SocketRequest(.get, "/v1/tokens", patience: Self.patience))
            return .fine(subject, "refreshd answers at \(socket.path.shown())")
        } catch {
            return finding(for: error, subject, socket)
        }
    }

    /// The socket where a question failed: what is said of it is whether somebody listens, and whether anybody could.
    private func finding(for failure: CommandFailure, _ subject: Finding.Subject, _ socket: SocketPath) -> Finding {
        let path = socket.path.shown()
        if failure.isAnswer && failure.status != .software { return .fine(subject, "refreshd answers at \(path)") }
        switch failure.status {
        case .noPermission: return closed(subject, socket, failure)
        case .unavailable: return place(subject, socket)
        case .tryAgain: return .warning(subject, failure.message, "see journalctl -u refreshd")
        case .usage, .data, .noInput, .noUser, .software, .cannotWrite, .settings:
            let advice = "restart refreshd; where that does not help, see which program listens there"
            return .error(subject, .unavailable, "what answers at \(path) is not understood", advice)
        }
    }

    /// Who may connect, the failure says in its second sentence.
    private func closed(_ subject: Finding.Subject, _ socket: SocketPath, _ failure: CommandFailure) -> Finding {
        let remedy = failure.message.firstRange(of: ". ").map { String(failure.message[$0.upperBound...]) }
        return .unseen(subject, "this user may not connect to \(socket.path.shown())", remedy ?? failure.message)
    }

    /// Whether a daemon could listen there.
    private func place(_ subject: Finding.Subject, _ socket: SocketPath) -> Finding {
        let path = socket.path.shown()
        if let group = socket.group, LocalAccounts.machine.group(group).number == nil {
            let found = "there is no group \(group.shown(limit: 60)), to which \(path) is to belong"
            return .error(subject, .unavailable, found, "make it: groupadd --system \(group.shown(limit: 60))")
        }
        if let facts = FileFacts(socket.path), facts.kind != .socket {
            let advice = "remove it, or name another path by sockets"
            return .error(subject, .unavailable, "\(path) is there and no socket: refreshd leaves it alone", advice)
        }
        let folder = folder(of: socket.path)
        guard let facts = FileFacts(folder) else {
            if [EACCES, EPERM].contains(errno) {
                return .unseen(subject, "\(folder.shown()) may not be seen by this user", Onlooker.rootAdvice)
            }
            let usual = self.folder(of: SocketSettings().token.path)
            guard let unit = UnitFolder.maker(of: folder, usual: usual) else {
                let advice = "make it, owned by the daemon's user, or by RuntimeDirectory= of the unit"
                return .error(subject, .unavailable, "the folder \(folder.shown()) does not exist", advice)
            }
            return .fine(subject, "\(path) is not there yet: systemd makes its folder as \(unit) starts")
        }
        guard mayWrite(facts) else {
            let user = onlooker.daemonUser.map(FileFacts.name) ?? "refreshd"
            let found = "\(user), as whom refreshd runs, may not write to \(folder.shown())"
            return .error(subject, .unavailable, found, "chown \(user) \(folder.shown())")
        }
        return .fine(subject, "nobody listens at \(path); its folder is there")
    }

    private func mayWrite(_ folder: FileFacts) -> Bool {
        guard let daemon = onlooker.daemonUser.flatMap({ LocalAccounts.member(String($0)) }) else { return true }
        return folder.lets(daemon, 0o3)
    }

    private func folder(of path: String) -> String {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return folder.isEmpty ? "/" : folder
    }
}
