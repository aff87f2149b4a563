// When the kernel has no more files or memory for connections, these wait in its queue. NIO would ask for them again at
// once, and again, for ever: this lets a second pass each time.

import Glibc
import Logging
import NIOCore

/// The first handler of a channel that accepts.
final class RestWhenFull: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let rest = TimeAmount.seconds(1)

    private let threshold: Threshold
    private let logger: Logger
    private var flood = Flood()

    init(_ threshold: Threshold, logger: Logger) {
        self.threshold = threshold
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError else { return context.fireErrorCaught(error) }
        tell(error)
        let (channel, threshold) = (context.channel, threshold)
        // Without `autoRead` NIO does not look whether somebody waits; what waits is not lost.
        channel.setOption(.autoRead, value: false).whenComplete { _ in
            channel.eventLoop.scheduleTask(in: Self.rest) {
                if !threshold.isShut { channel.setOption(.autoRead, value: true).whenComplete { _ in } }
            }
        }
    }

    private func tell(_ error: IOError) {
        guard flood.rises(at: .now()) else { return }
        logger.error(
            """
            no connection can be taken (\(String(cString: strerror(error.errnoCode)))); those that are open are served, new \
            ones wait, and it is tried every second. If too many files are open, raise LimitNOFILE= in the unit
            """,
            metadata: SocketEvent.connectionsHeld.metadata(["errno": "\(error.errnoCode)"]))
    }
}
