// A client that sends bytes and sees bytes, for what no HTTP client would do.

import NIOCore
import NIOPosix

struct RawConnection: Sendable {
    private let channel: any Channel
    private let heard: EventLoopFuture<String>

    init(path: String) async throws {
        let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
        heard = promise.futureResult
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Ear(promise))
                    }
                }
                .connect(unixDomainSocketPath: path).get()
        } catch {
            promise.fail(error)
            throw error
        }
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Says that no more will be sent, and still listens.
    func sendNoMore() async throws {
        try await channel.close(mode: .output)
    }

    func hangUp() async throws {
        try await channel.close()
    }

    /// Everything that comes until the server sends no more; then hangs up.
    func readToEnd() async throws -> String {
        let text = try await hearToEnd()
        channel.close(promise: nil)
        return text
    }

    /// Everything that comes until the server sends no more. The connection stays as it is.
    func hearToEnd() async throws -> String {
        try await heard.get()
    }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let end: EventLoopPromise<String>
        private var text = ""

        init(_ end: EventLoopPromise<String>) {
            self.end = end
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { end.succeed(text) }
        }

        /// A server that closes with bytes of ours unread resets the connection; what it had said before is here.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            end.succeed(text)
        }

        func channelInactive(context: ChannelHandlerContext) {
            end.succeed(text)
        }
    }
}
