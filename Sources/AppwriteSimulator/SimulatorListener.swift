// The socket: one Hummingbird server over a simulator, as a service or for the length of a test.
import Foundation
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

package struct SimulatorListener: Service {
    let simulator: Simulator
    let logger: Logger
    let onListening: @Sendable (_ url: String) -> Void

    /// `onListening` gets the address that was bound, as `http://127.0.0.1:PORT`.
    package init(
        _ simulator: Simulator, logger: Logger = Logger(label: "appwrite-simulator") { _ in SwiftLogNoOpLogHandler() },
        onListening: @escaping @Sendable (_ url: String) -> Void
    ) {
        self.simulator = simulator
        self.logger = logger
        self.onListening = onListening
    }

    private static let largestBody = 1 << 20

    package func run() async throws {
        let listen = simulator.settings.listen
        let server = try HTTPServerBuilder { KeptChannel(base: HTTP1Channel(responder: $0)) }.buildServer(
            configuration: ServerConfiguration(address: .hostname(listen.host, port: listen.port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { [simulator] request, writer, channel in
            let body = try await request.body.collect(upTo: Self.largestBody)
            switch await simulator.respond(to: HTTPCall(request, Data(buffer: body), channel)) {
            case .answer(let answer):
                let response = HTTPResponse(answer)
                try await writer.write(
                    response: response, body: ResponseBody(byteBuffer: ByteBuffer(data: answer.body)))
            case .hangUp:
                // An error here only says that the client hung up first.
                channel.close(mode: .all, promise: nil)
            }
        } onServerRunning: { [onListening] channel in
            let port = channel.localAddress?.port ?? listen.port
            onListening("http://\(listen.host.contains(":") ? "[\(listen.host)]" : listen.host):\(port)")
        }
        try await server.run()
    }
}

/// HTTP/1 whose channel lives until it is closed. A server that stops may lose a connection on its way to be served, and
/// NIO ends the process where the parts of an open channel are dropped.
private struct KeptChannel: ServerChildChannel {
    let base: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger).map { parts in
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(parts) {} }
            return parts
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// Runs a simulator on a free port for as long as `body` runs.
package func withSimulator<Result>(
    _ settings: SimulatorSettings = SimulatorSettings(), isolation: isolated (any Actor)? = #isolation,
    _ body: (_ url: String, _ simulator: Simulator) async throws -> Result
) async throws -> Result {
    let simulator = Simulator(settings)
    let (urls, listening) = AsyncStream<String>.makeStream()
    let services = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: [.init(service: SimulatorListener(simulator) { listening.yield($0) })],
            logger: Logger(label: "appwrite-simulator") { _ in SwiftLogNoOpLogHandler() }))
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { listening.finish() }
            try await services.run()
        }
        guard let url = await urls.first(where: { _ in true }) else {
            try await group.waitForAll()
            throw CancellationError()
        }
        do {
            let result = try await body(url, simulator)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            return result
        } catch {
            await services.triggerGracefulShutdown()
            throw error
        }
    }
}

extension HTTPCall {
    fileprivate init(_ request: Request, _ body: Data, _ channel: any Channel) {
        var headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        if let authority = request.head.authority {
            headers.append((name: "Host", value: authority))
        }
        self.init(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: headers, body: body,
            peer: channel.remoteAddress?.ipAddress ?? "")
    }
}

extension HTTPResponse {
    fileprivate init(_ answer: HTTPAnswer) {
        self.init(status: .init(code: answer.status))
        for header in answer.headers {
            guard let name = HTTPFields.Element.Name(header.name) else { continue }
            headerFields.append(HTTPFields.Element(name: name, value: header.value))
        }
        headerFields[.contentLength] = String(answer.body.count)
    }
}
