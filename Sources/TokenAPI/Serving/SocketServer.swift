// One HTTP server on one UNIX socket: accepts, counts, serves, and stops without breaking off an answer.

import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Runs until graceful shutdown. Made by `tokens(…)` or `control(…)`.
package struct SocketServer: Service {
    let listener: Listener
    let routes: Routes
    let limits: Limits
    let logger: Logger
    /// Called once, when connections are taken.
    let onListening: @Sendable () async -> Void

    /// Throws `ListenerError` where it cannot listen.
    package func run() async throws {
        let socket = try BoundSocket(listener)
        defer { socket.removeFile() }
        let threshold = Threshold()
        let server = try await accept(on: socket, over: threshold)
        try await withGracefulShutdownHandler {
            try await server.executeThenClose { arrivals in
                await onListening()
                try await withThrowingDiscardingTaskGroup { group in
                    for try await arrival in arrivals {
                        group.addTask { await arrival.serve() }
                        threshold.handedOn()
                    }
                }
            }
        } onGracefulShutdown: {
            threshold.shut(server.channel)
        }
    }

    private func accept(
        on socket: BoundSocket, over threshold: Threshold
    ) async throws -> NIOAsyncChannel<Arrival, Never> {
        let gate = ConnectionGate(limits)
        let standIn = try StandIn()
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try standIn.yield(to: socket)
                    try channel.pipeline.syncOperations.addHandlers([
                        RestWhenFull(threshold, logger: logger), Threshold.Counter(of: threshold),
                    ])
                }
            }
            // A peer that says it will send no more (`nc -N`) still gets its answer.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(standIn.descriptor) { channel in
                Peer.of(channel)
                    .flatMap { peer in arrival(of: channel, from: peer, at: gate) }
                    .flatMapErrorThrowing { _ in
                        channel.close(promise: nil)
                        return .gone
                    }
            }
    }

    private func arrival(
        of channel: any Channel, from peer: Peer, at gate: ConnectionGate
    ) -> EventLoopFuture<Arrival> {
        gate.enter(user: peer.user, on: channel.eventLoop).flatMap { decision in
            switch decision {
            case .admitted:
                channel.closeFuture.whenComplete { _ in gate.leave(user: peer.user) }
                return Connection.open(channel, from: peer, routes: routes, limits: limits, logger: logger)
                    .map { .admitted($0) }
            case .refused(let isNews):
                if isNews {
                    logger.warning(
                        "too many connections; more are refused until some are closed",
                        metadata: SocketEvent.tooManyConnections.metadata([
                            "user": "\(peer.user)", "process": "\(peer.process)",
                        ]))
                }
                return channel.eventLoop.makeSucceededFuture(.refused(channel))
            }
        }
    }
}
