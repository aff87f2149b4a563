// An HTTP proxy: it makes way to a port of this machine by CONNECT, and passes bytes on unread.

import NIOCore
import NIOPosix
import Synchronization

final class TunnelProxy: Sendable {
    let port: Int
    private let heads: Received

    /// What was asked of it: each request's lines.
    var asked: [[String]] { heads.log.withLock { $0 } }

    /// Runs a proxy while `body` uses it.
    static func run<Value>(_ body: (TunnelProxy) async throws -> Value) async throws -> Value {
        let heads = Received()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Entrance(heads))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(TunnelProxy(port: channel.localAddress?.port ?? 0, heads: heads)))
        } catch {
            outcome = .failure(error)
        }
        try await channel.close()
        return try outcome.get()
    }

    private init(port: Int, heads: Received) {
        self.port = port
        self.heads = heads
    }
}

private final class Received: Sendable {
    let log = Mutex<[[String]]>([])
}

/// Reads the head of a request, then passes on.
private final class Entrance: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let heads: Received
    private let state = Mutex<(head: String, far: (any Channel)?)>(("", nil))

    init(_ heads: Received) {
        self.heads = heads
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let far = state.withLock({ $0.far }) { return far.writeAndFlush(bytes, promise: nil) }
        let head = state.withLock { state in
            state.head += String(buffer: bytes)
            return state.head
        }
        guard head.hasSuffix("\r\n\r\n") else { return }
        let lines = head.split(separator: "\r\n").map(String.init)
        heads.log.withLock { $0.append(lines) }
        let target = lines[0].split(separator: " ").dropFirst().first?.split(separator: ":").last
        let near = context.channel
        ClientBootstrap(group: near.eventLoop)
            .channelInitializer { far in
                far.eventLoop.makeCompletedFuture { try far.pipeline.syncOperations.addHandler(Exit(near)) }
            }
            .connect(host: "127.0.0.1", port: target.flatMap { Int($0) } ?? 0)
            .whenComplete { result in
                switch result {
                case .success(let far):
                    self.state.withLock { $0.far = far }
                    near.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Made\r\n\r\n"), promise: nil)
                case .failure:
                    near.close(promise: nil)
                }
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.withLock { $0.far }?.close(promise: nil)
    }
}

/// Passes back what the far end says.
private final class Exit: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let near: any Channel

    init(_ near: any Channel) {
        self.near = near
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        near.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        near.close(promise: nil)
    }
}
