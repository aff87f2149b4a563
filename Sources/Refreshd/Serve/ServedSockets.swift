// Which sockets a run serves: those that systemd passes, by their names; and of a kind that it passes none of, those of
// the settings, which refreshd then makes itself.

import Systemd
import TokenAPI

/// A socket that is served.
struct ServedSocket: Hashable, Sendable {
    let name: SocketName
    let listener: Listener

    /// Of the file that refreshd makes; nil where it is systemd's.
    var ownPath: String? {
        if case .path(let place) = listener { place.path } else { nil }
    }

    /// Whether its file is there if it is anywhere: of systemd's, the unit shows refreshd those in its own folder for
    /// certain.
    func mustBeSeen(in folders: ServiceFolders) -> Bool {
        guard ownPath == nil else { return true }
        guard let folder = folders.runtime, let path = listener.address else { return false }
        return path.hasPrefix(folder + "/")
    }
}

/// All sockets of a run; at least one of each kind.
struct ServedSockets: Hashable, Sendable {
    let tokens: [ServedSocket]
    let control: [ServedSocket]
    /// Token sockets of the settings that are not served, since systemd passes others and not these.
    let left: [SocketName]

    var all: [ServedSocket] { tokens + control }

    /// Those that this process was started with, and what they leave to be made.
    init(_ settings: SocketSettings) throws(StartError) {
        let inherited: [InheritedSocket]
        do throws(SystemdError) {
            inherited = try InheritedSocket.all()
        } catch {
            throw StartError(.config, error.description)
        }
        try self.init(inherited: inherited, settings)
    }

    init(inherited: [InheritedSocket], _ settings: SocketSettings) throws(StartError) {
        var passed: [ServedSocket] = []
        var strangers: [String] = []
        for socket in inherited {
            if let name = SocketName(socket.name) {
                passed.append(ServedSocket(name: name, listener: .inherited(descriptor: socket.descriptor)))
            } else {
                strangers.append("“\(socket.name.shown(limit: 80))”")
            }
        }
        guard strangers.isEmpty else {
            throw StartError(
                .config,
                """
                systemd passes a socket that is called \(strangers.joined(separator: ", ")); expected are \
                \(SocketName.expected). Name it by FileDescriptorName= in its socket unit.
                """)
        }
        let (control, tokens) = (passed.filter { $0.name == .control }, passed.filter { $0.name != .control })
        self.control = control.isEmpty ? [ServedSocket(NamedSocket(name: .control, place: settings.control))] : control
        self.tokens = tokens.isEmpty ? settings.tokens.map { ServedSocket($0) } : tokens
        left =
            tokens.isEmpty
            ? [] : settings.further.map(\.name).filter { name in !tokens.contains { $0.name == name } }
    }
}

extension ServedSocket {
    fileprivate init(_ socket: NamedSocket) {
        self.init(name: socket.name, listener: .path(socket.place))
    }
}

extension Telling {
    static func socketLeft(_ name: SocketName) -> Telling {
        Telling(
            .access(.socketLeft),
            """
            the socket \(name) of the settings is not served: systemd passes other token sockets, and none of that name. \
            Add a socket unit with FileDescriptorName=\(name), or take it out of the settings
            """
        ).with(.socket, name.rawValue)
    }
}
