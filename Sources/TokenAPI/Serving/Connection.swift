// One connection from its first request to its end.

import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// What came in at the door.
enum Arrival: Sendable {
    case admitted(Connection)
    /// Above a limit: told so and closed at once, so that it costs nothing.
    case refused(any Channel)
    /// Hung up before it was looked at.
    case gone

    func serve() async {
        switch self {
        case .admitted(let connection):
            await connection.serve()
        case .refused(let channel):
            do {
                try await channel.writeAndFlush(Answer(.tooManyConnections).bytes)
                try await channel.close()
            } catch {
                // It hung up itself meanwhile; there is nothing left to close.
            }
        case .gone:
            break
        }
    }
}

struct Connection: Sendable {
    private let http: HTTP1Channel
    private let parts: HTTP1Channel.Value
    private let interruption: Interruption
    /// Done when the first request has come, or none will.
    private let asked: EventLoopPromise<Void>
    private let limits: Limits
    private let logger: Logger

    /// Puts HTTP on top of a new channel. Must be called, and ends, on the channel's event loop.
    static func open(
        _ channel: any Channel, from peer: Peer, routes: Routes, limits: Limits, logger: Logger
    ) -> EventLoopFuture<Connection> {
        let interruption = Interruption()
        let asked = channel.eventLoop.makePromise(of: Void.self)
        channel.closeFuture.whenComplete { _ in
            interruption.interrupt()
            asked.succeed()
        }
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                asked.succeed()
                let answer = await routes.answer(
                    request, from: peer, limits: limits, interruption: interruption)
                // Whoever does not read is given up; the clock is wound only where something waits to be read.
                let end = channel.isWritable ? nil : channel.closes(after: limits.idle)
                defer { end?.cancel() }
                try await writer.write(response: answer.head, body: answer.body(for: request.method))
            },
            configuration: .init(
                additionalChannelHandlers: [OwnAnswers(), LastAnswer()],
                idleTimeout: TimeAmount(limits.idle),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.head, maxHeaderListSize: limits.head,
                    maxHeaderFieldCount: Limits.headerFields)))
        return http.setup(channel: channel, logger: logger).map { parts in
            // A server that stops may lose a connection on its way to `serve`, and NIO ends the process where the parts
            // of an open channel are dropped: they stay until it is closed.
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(parts) {} }
            return Connection(
                http: http, parts: parts, interruption: interruption, asked: asked, limits: limits, logger: logger)
        }
    }

    /// Returns when the connection is closed: by its app, for idleness, or because the daemon stops.
    func serve() async {
        await withTaskCancellationHandler {
            await withTaskGroup { group in
                group.addTask { await http.handle(value: parts, logger: logger) }
                group.addTask { await stopInTime() }
                await group.next()
                group.cancelAll()
            }
        } onCancel: {
            interruption.interrupt()
            parts.channel.close(promise: nil)
        }
    }

    /// Waits for the daemon to stop. Then an idle connection is closed at once; one that has asked nothing yet, which may
    /// have been made just now, after its first answer or when it did not ask in time; a busy one after its answer, for
    /// which there is a time: first for the request, then, with waits ended, for writing.
    private func stopInTime() async {
        do {
            try await gracefulShutdown()
            let patience = parts.channel.eventLoop.scheduleTask(in: TimeAmount(limits.firstRequest)) { asked.succeed() }
            try await asked.futureResult.get()
            patience.cancel()
            // `LastAnswer` understands this event.
            parts.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            try await Task.sleep(for: limits.grace)
            interruption.interrupt()
            try await Task.sleep(for: limits.farewell)
        } catch {
            // Cancelled: the connection ended by itself.
        }
        parts.channel.close(promise: nil)
    }
}

extension Channel {
    fileprivate func closes(after time: Duration) -> Scheduled<Void> {
        eventLoop.scheduleTask(in: TimeAmount(time)) { self.close(promise: nil) }
    }
}
