// Shuts the door and leaves nobody on the threshold. NIO accepts connections and hands them on a little later; those in
// between it drops when the channel that accepted them is closed, and their apps would hear nothing.

import NIOCore
import Synchronization

/// Those who have come in and are not seen to yet.
final class Threshold: Sendable {
    private struct State {
        var crossing = 0
        var isShut = false
    }

    private let state = Mutex(State())

    /// How often it is looked whether the last one is over the threshold, and how long at most: handing on takes no
    /// longer than the event loops are busy.
    private static let glance = TimeAmount.milliseconds(2)
    private static let longestWait = TimeAmount.seconds(2)

    /// Whether nobody is to be let in any more.
    var isShut: Bool { state.withLock { $0.isShut } }

    /// Somebody who came in is seen to.
    func handedOn() {
        state.withLock { $0.crossing -= 1 }
    }

    /// Accepts nobody any more (who waits in the kernel's queue, waits on), and closes the channel as soon as all who came
    /// in were handed on.
    func shut(_ channel: any Channel) {
        state.withLock { $0.isShut = true }
        // Without `autoRead` NIO does not look whether somebody waits.
        channel.setOption(.autoRead, value: false).whenComplete { [self] _ in
            let end = NIODeadline.now() + Self.longestWait
            // On the loop that accepts: nobody comes in between the look and the closing.
            channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.glance) { [self] task in
                guard state.withLock({ $0.crossing == 0 }) || end < .now() else { return }
                task.cancel()
                channel.close(promise: nil)
            }
        }
    }

    /// Counts who comes in; among the handlers of a channel that accepts.
    final class Counter: ChannelInboundHandler {
        typealias InboundIn = any Channel

        private let threshold: Threshold

        init(of threshold: Threshold) {
            self.threshold = threshold
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            threshold.state.withLock { $0.crossing += 1 }
            context.fireChannelRead(data)
        }
    }
}
