// Notices within a minute that a file of the store, or a socket's, was deleted, moved or replaced. A socket of refreshd's
// own is made anew; one that systemd made, only systemd can make anew; and of the store it can only be told, while what it
// holds is still in the open file.

import Glibc
import RefreshEngine
import ServiceLifecycle
import TokenAPI
import Vocabulary

/// Runs until graceful shutdown.
struct FileWatch: Service {
    /// The store's own, then those beside it.
    let store: [WatchedFile]
    let sockets: [Socket]
    let clock: any WallClock
    let remark: Remark
    let tell: @Sendable (Telling) -> Void

    struct Socket: Sendable {
        let file: WatchedFile
        let maker: Maker
    }

    /// Who made a socket, and alone can make it anew.
    enum Maker: Sendable {
        /// Another server at the same place. Connections to the one before go on.
        case refreshd(anew: @Sendable () -> SocketServer)
        /// By the socket unit that gives it this name.
        case systemd(SocketName)

        fileprivate var socketUnit: SocketName? {
            switch self {
            case .refreshd: nil
            case .systemd(let name): name
            }
        }
    }

    /// As long as the loop's: a file that is gone is noticed within a minute, and looking costs nothing.
    private static let nap: Duration = .seconds(30)

    func run() async throws {
        for file in store { file.learn() }
        let (lost, lose) = AsyncStream.makeStream(of: Loss.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await watch { lose.yield($0) }
                lose.finish()
            }
            for await loss in lost { group.addTask { await serveAnew(loss) } }
        }
    }

    /// A socket that is to be made anew.
    private struct Loss: Sendable {
        let path: String
        let anew: @Sendable () -> SocketServer
    }

    private func watch(_ lose: @escaping @Sendable (Loss) -> Void) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await clock.sleep(for: Self.nap) } catch { return }
                lookAtStore()
                let unreached = sockets.filter { isUnreached($0, lose) }.map { $0.file.path.shown() }
                let words = "nobody reaches \(unreached.joined(separator: ", ")), see journalctl -u refreshd"
                remark.set(unreached.isEmpty ? nil : words, of: .sockets)
            }
        }
    }

    private func lookAtStore() {
        let sights = store.map { ($0.path, $0.look()) }
        guard sights.contains(where: { $0.1.isNews }) else { return }
        let lost = sights.filter { $0.1.loss != nil }.map { $0.0 }
        if lost.isEmpty {
            tell(Telling(.store(.fileBack), "the store's files are in their places again"))
        } else if let own = store.first, lost.contains(own.path) {
            tell(.lostStore(own.path))
        } else {
            tell(.lostBesideStore(lost))
        }
    }

    /// Whether a socket is lost, and stays so until somebody does something.
    private func isUnreached(_ socket: Socket, _ lose: (Loss) -> Void) -> Bool {
        let path = socket.file.path
        let (loss, isNews) = socket.file.look()
        switch (loss, socket.maker) {
        case (nil, _): return false
        case (.gone, .refreshd(let anew)):
            // Told when it is made anew, or cannot be.
            if isNews { lose(Loss(path: path, anew: anew)) }
            return !isNews
        case (.replaced, .refreshd):
            if isNews { tell(.replacedSocket(path)) }
            return true
        case (.gone, .systemd), (.replaced, .systemd):
            if isNews { tell(.lostSocket(path, among: sockets.compactMap(\.maker.socketUnit))) }
            return true
        }
    }

    private func serveAnew(_ loss: Loss) async {
        do {
            try await loss.anew().run()
        } catch {
            tell(.lostSocket(loss.path, "\(error)"))
        }
    }
}

extension Telling {
    fileprivate static func lostStore(_ path: String) -> Telling {
        Telling(
            .store(.fileGone),
            """
            the store's file \(path.shown()) was deleted, moved or replaced: all goes on in the file that is open, which is \
            lost when refreshd stops. If it was moved, move it back before that. If it was deleted, restart refreshd: with \
            an API key sessions are found anew, and those that were registered by secret must be registered again. Before \
            that, root can copy the open file from /proc/\(getpid())/fd, as ls -l shows it there
            """)
    }

    fileprivate static func lostBesideStore(_ paths: [String]) -> Telling {
        let names = paths.map { $0.shown() }.joined(separator: ", ")
        return Telling(
            .store(.fileGone),
            """
            of the store, \(names) \(paths.count == 1 ? "was" : "were") deleted, moved or replaced: nothing is lost as long \
            as refreshd is not killed, and no other program opens the store. Restart refreshd: a clean stop writes all into \
            the store
            """)
    }

    fileprivate static func replacedSocket(_ path: String) -> Telling {
        Telling(
            .access(.socketLost),
            """
            at \(path.shown()) is another file than the socket that refreshd made: apps do not reach refreshd there. See what \
            made it, and remove it: within a minute refreshd makes its socket anew
            """)
    }

    fileprivate static func lostSocket(_ path: String, _ why: String) -> Telling {
        Telling(
            .access(.socketLost),
            "the socket \(path.shown()) was deleted, and is not made anew: \(why). Restart refreshd when that is mended"
        )
    }

    /// All sockets are stopped with refreshd: who connects to another would have systemd start it again meanwhile.
    /// - Parameter names: of all that systemd made.
    fileprivate static func lostSocket(_ path: String, among names: [SocketName]) -> Telling {
        let units = (names.map { "refreshd-\($0).socket" } + ["refreshd"]).joined(separator: " ")
        return Telling(
            .access(.socketLost),
            """
            the socket \(path.shown()) was deleted, moved or replaced: nobody reaches refreshd there. systemd made it, and \
            makes it anew while refreshd does not run: systemctl stop \(units); systemctl start \(units). See what deletes \
            files in its folder
            """
        )
    }

    static func socketMadeAnew(_ path: String) -> Telling {
        Telling(
            .access(.socketMadeAnew),
            """
            the socket \(path.shown()) was deleted by another program, and apps found nobody there; it is made anew. See \
            what deletes files in its folder
            """)
    }
}
