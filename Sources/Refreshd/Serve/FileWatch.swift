// Notices within a minute that a file of the store, or a socket's, was deleted, moved or replaced. A socket that is gone is
// made anew; of the store it can only be told, while what it holds is still in the open file.

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
    let tell: @Sendable (Telling) -> Void

    /// A socket that refreshd made itself.
    struct Socket: Sendable {
        let file: WatchedFile
        /// Another server at the same place. Connections to the one before go on.
        let server: @Sendable () -> SocketServer
    }

    /// As long as the loop's: a file that is gone is noticed within a minute, and looking costs nothing.
    private static let nap: Duration = .seconds(30)

    func run() async throws {
        for file in store { file.learn() }
        let (lost, lose) = AsyncStream.makeStream(of: Socket.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await watch { lose.yield($0) }
                lose.finish()
            }
            for await socket in lost { group.addTask { await serveAnew(socket) } }
        }
    }

    private func watch(_ lose: @escaping @Sendable (Socket) -> Void) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await clock.sleep(for: Self.nap) } catch { return }
                lookAtStore()
                for socket in sockets { look(at: socket, lose) }
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

    private func look(at socket: Socket, _ lose: (Socket) -> Void) {
        let (loss, isNews) = socket.file.look()
        switch loss {
        case nil: return
        case .gone:
            // Told when it is made anew, or cannot be.
            if isNews { lose(socket) }
        case .replaced:
            if isNews { tell(.replacedSocket(socket.file.path)) }
        }
    }

    private func serveAnew(_ socket: Socket) async {
        do {
            try await socket.server().run()
        } catch {
            tell(.lostSocket(socket.file.path, "\(error)"))
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

    static func socketMadeAnew(_ path: String) -> Telling {
        Telling(
            .access(.socketMadeAnew),
            """
            the socket \(path.shown()) was deleted by another program, and apps found nobody there; it is made anew. See \
            what deletes files in its folder
            """)
    }
}
