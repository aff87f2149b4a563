// One rule: whom and what it fits, and what follows. What it does not name, it does not ask about.

package import RefreshPolicy

package struct AccessRule: Hashable, Sendable {
    package enum Effect: String, Hashable, Sendable {
        case allow
        case refuse
    }

    /// A user or group of this machine.
    package struct Account: Hashable, Sendable, CustomStringConvertible {
        package let number: UInt32
        /// As the settings name it.
        package let description: String

        package init(_ number: UInt32, _ description: String) {
            self.number = number
            self.description = description
        }
    }

    /// Where it stands in the settings.
    package struct Place: Hashable, Sendable {
        /// Among the rules, from 1.
        package let number: Int
        /// In the file, from 1.
        package let line: Int

        package init(number: Int, line: Int) {
            self.number = number
            self.line = line
        }
    }

    package let place: Place
    package let effect: Effect
    package let right: Right
    package var uid: Account?
    package var gid: Account?
    /// A token socket.
    package var socket: SocketName?
    package var project: NamePattern?
    /// Only of the right to read, as is `provider`.
    package var user: NamePattern?
    package var provider: NamePattern?

    package init(_ effect: Effect, _ right: Right, at place: Place) {
        self.effect = effect
        self.right = right
        self.place = place
    }

    func speaks(of right: Right, at socket: SocketName) -> Bool {
        right == self.right && (self.socket == nil || self.socket == socket)
    }

    package func fits(_ peer: Peer) -> Bool {
        guard uid == nil || uid?.number == peer.user else { return false }
        guard let gid else { return true }
        return effect == .allow ? peer.isIn(gid.number) : peer.mayBeIn(gid.number)
    }

    /// Where something is wanted of all: an allowing rule must be for all, and of a refusing one some part is enough.
    func fits(_ intent: Intent) -> Bool {
        fits(project, intent.project?.rawValue) && fits(user, intent.user?.rawValue)
            && fits(provider, intent.provider?.rawValue)
    }

    /// Whether it fits whatever is asked.
    var isForAll: Bool {
        [project, user, provider].allSatisfy { $0 == nil || $0 == .all }
    }

    private func fits(_ pattern: NamePattern?, _ name: String?) -> Bool {
        guard let pattern, pattern != .all else { return true }
        return name.map(pattern.fits) ?? (effect == .refuse)
    }

    /// Whether everything that `later` fits is fitted by this one.
    package func hides(_ later: AccessRule) -> Bool {
        right == later.right && covers(uid?.number, later.uid?.number) && covers(gid?.number, later.gid?.number)
            && covers(socket, later.socket) && covers(project, later.project) && covers(user, later.user)
            && covers(provider, later.provider)
    }

    private func covers<Value: Equatable>(_ mine: Value?, _ other: Value?) -> Bool {
        mine == nil || mine == other
    }

    private func covers(_ mine: NamePattern?, _ other: NamePattern?) -> Bool {
        mine == nil || mine == .all || mine == other
    }
}

extension NamePattern {
    fileprivate static let all = NamePattern("*")
}
