// A server that answers what a test tells it to, byte by byte, so that it can be as wrong as a real network is.

import Foundation
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        /// Names in lower case.
        let headers: [(name: String, value: String)]
        let body: String

        func values(_ name: String) -> [String] {
            headers.filter { $0.name == name.lowercased() }.map(\.value)
        }
    }

    /// Bytes, and what becomes of the connection after them.
    struct Reply: Sendable {
        var bytes = ""
        var ending = Ending.keptOpen

        static let silence = Reply()
        static let hangUp = Reply(ending: .closed)
        static let reset = Reply(ending: .reset)

        enum Ending: Sendable {
            case keptOpen
            case closed
            case reset
        }

        static func json(_ body: String, status: Int = 200, headers: [String] = []) -> Reply {
            let lines = ["HTTP/1.1 \(status) Whatever", "Content-Length: \(body.utf8.count)"] + headers
            return Reply(bytes: lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        }
    }

    /// What is answered to each request.
    struct Script: Sendable {
        fileprivate let reply: @Sendable (Request) -> Reply

        static func answering(_ reply: @escaping @Sendable (Request) -> Reply) -> Script {
            Script(reply: reply)
        }
    }

    let port: Int
    private let channel: any Channel
    private let received: Received
    private let arrivals: AsyncStream<Void>

    /// Runs a server while `body` uses it.
    static func run<Value>(
        at place: (host: String, port: Int) = ("127.0.0.1", 0), tls: NIOSSLContext? = nil, _ script: Script,
        _ body: (ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let server = try await ScriptedServer(at: place, tls: tls, script: script)
        do {
            let value = try await body(server)
            try await server.channel.close()
            return value
        } catch {
            try await server.channel.close()
            throw error
        }
    }

    /// A port where nobody listens, and nobody will: a socket holds it to the end of the process, and does not listen.
    static func deadPort() throws -> Int {
        let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isHeld = withUnsafeMutableBytes(of: &address) { bytes in
            guard let place = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(holder, place, size) == 0 && getsockname(holder, place, &size) == 0
        }
        guard isHeld else { throw IOError(errnoCode: errno, reason: "bind") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    var requests: [Request] { received.log.withLock { $0 } }

    /// Waits until one more request has come whole.
    func arrival() async {
        for await _ in arrivals { return }
    }

    private init(at place: (host: String, port: Int), tls: NIOSSLContext?, script: Script) async throws {
        let (arrivals, arrived) = AsyncStream<Void>.makeStream()
        let received = Received()
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let conversation = Conversation { request in
                        received.log.withLock { $0.append(request) }
                        arrived.yield()
                        return script.reply(request)
                    }
                    try channel.pipeline.syncOperations.addHandler(conversation)
                }
            }
        channel = try await bootstrap.bind(host: place.host, port: place.port).get()
        port = channel.localAddress?.port ?? 0
        self.arrivals = arrivals
        self.received = received
    }
}

/// All requests so far, in the order in which they came whole.
private final class Received: Sendable {
    let log = Mutex<[ScriptedServer.Request]>([])
}

/// One connection: gathers bytes to requests, and answers each.
private final class Conversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: (ScriptedServer.Request) -> ScriptedServer.Reply
    private var heard = ""

    init(answer: @escaping (ScriptedServer.Request) -> ScriptedServer.Reply) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard += String(buffer: unwrapInboundIn(data))
        while let request = takeRequest() {
            let reply = answer(request)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply.bytes)), promise: nil)
            switch reply.ending {
            case .keptOpen: break
            case .closed: context.close(promise: nil)
            case .reset: reset(context)
            }
        }
    }

    /// With no time to linger, the kernel resets the connection as it is closed.
    private func reset(_ context: ChannelHandlerContext) {
        let channel = context.channel
        (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .whenComplete { _ in channel.close(promise: nil) }
    }

    /// A client that hangs up in the middle is what many tests want.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func takeRequest() -> ScriptedServer.Request? {
        guard let end = heard.range(of: "\r\n\r\n") else { return nil }
        let lines = heard[..<end.lowerBound].split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        let rest = heard[end.upperBound...]
        guard words.count == 3, rest.utf8.count >= length else { return nil }
        heard = String(rest.dropFirst(length))
        return ScriptedServer.Request(
            method: String(words[0]), path: String(words[1]), headers: headers, body: String(rest.prefix(length)))
    }
}
