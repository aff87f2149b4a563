// Who was refused, and who reads what, in words. Names of users may take a directory service's time to find, so that the
// words are found on a queue of their own, where nobody waits for them.

import Dispatch
import RefreshPolicy
import Synchronization
import TokenAPI
import Vocabulary

/// Tells the news of the door. Where the lookup of names hangs, news go without (law 11).
final class AccessTeller: Sendable {
    private let log: Log
    private let name: @Sendable (UInt32) -> String?
    private let queue = DispatchQueue(label: "refreshd.access")
    private let waiting = Mutex(0)

    /// News that may wait for names at once.
    static let most = 64

    /// - Parameter name: of a user, by its number; may block.
    init(_ log: Log, name: @escaping @Sendable (UInt32) -> String? = { LocalAccounts.name(ofUser: $0) }) {
        self.log = log
        self.name = name
    }

    func tell(_ news: AccessNews) {
        let fits = waiting.withLock { waiting in
            guard waiting < Self.most else { return false }
            waiting += 1
            return true
        }
        guard fits else { return log.tell(Telling(news, name: nil)) }
        queue.async { [self] in
            log.tell(Telling(news, name: news.user.flatMap(name)))
            waiting.withLock { $0 -= 1 }
        }
    }

    /// Waits a moment until all is told, at the end of the process.
    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + 1)
    }
}

extension Telling {
    /// - Parameter name: of the user; nil where it has none.
    init(_ news: AccessNews, name: String?) {
        let name = name?.shown(limit: 60)
        switch news {
        case .refused(let peer, let intent, let socket, let grounds, let untold):
            let before = untold == 0 ? "" : "; \(untold) more of its requests were refused since that was last told"
            self = Telling(
                .access(.refused),
                "\(peer.words(name)) may not \(intent.words) on the socket \(socket): \(grounds.words)\(before). "
                    + "If it should, add a rule to access in the settings; \"refreshd check --as "
                    + "\(name ?? String(peer.user))\" shows what it may"
            ).about(peer, name, socket)
            add(.right, intent.right.rawValue)
            if let project = intent.project { add(.project, project.rawValue) }
            if let user = intent.user { add(.user, user.rawValue) }
            if let provider = intent.provider { add(.provider, provider.rawValue) }
            if case .rule(let rule) = grounds { add(.rule, rule.place.number) }
        case .read(let peer, let key, let grant, let socket):
            self = Telling(
                .access(.tokensRead),
                "\(key) (\(grant.provider), user \(grant.user)): read by \(peer.words(name)) on the socket "
                    + "\(socket); further reads of this grant are not told in this hour"
            ).about(key).about(peer, name, socket)
            add(.user, grant.user.rawValue)
            add(.provider, grant.provider.rawValue)
        case .manyReads(let count):
            self = Telling(
                .access(.readsUntold),
                "\(count) first reads of grants were told in this hour; no more are until the next")
            add(.count, count)
        }
    }

    private func about(_ peer: Peer, _ name: String?, _ socket: SocketName) -> Telling {
        var telling = self
        telling.add(.peerUser, peer.user)
        telling.add(.peerProcess, peer.process)
        if let name { telling.add(.peerName, name) }
        telling.add(.socket, socket.rawValue)
        return telling
    }
}

extension Peer {
    /// Such as `www-data (uid 33, process 4711)`.
    fileprivate func words(_ name: String?) -> String {
        name.map { "\($0) (uid \(user), process \(process))" } ?? "uid \(user) (process \(process))"
    }
}

extension Intent {
    /// As in "may not …".
    fileprivate var words: String {
        let place = project.map { "project \($0)" } ?? "all projects"
        switch right {
        case .read:
            let what = provider.map { "tokens of \($0)" } ?? "tokens"
            return "read \(what) of \(user.map { "user \($0)" } ?? "all users") in \(place)"
        case .register: return "register sessions in \(place)"
        case .control: return "control sessions of \(place)"
        }
    }
}

extension Grounds {
    fileprivate var words: String {
        switch self {
        case .rule(let rule): "rule \(rule.place.number) of access, on line \(rule.place.line), refuses it"
        case .noRuleFits, .owner: "no rule of access allows it"
        case .standard: "there, nobody may as long as no rule of access allows it"
        }
    }
}
