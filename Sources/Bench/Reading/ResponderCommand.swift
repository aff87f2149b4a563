// `refreshd-bench respond`: the least that answers on a UNIX socket by the library that refreshd answers by: always the
// same bytes, for no reason.

import ArgumentParser
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

struct ResponderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "respond", abstract: "Answer every request on a UNIX socket with so many bytes.",
        shouldDisplay: false)

    @Option var socket: String
    @Option var bytes: Int

    func run() async throws {
        let body = ByteBuffer(repeating: 0x78, count: bytes)
        let logger = Logger(label: "respond") { _ in SwiftLogNoOpLogHandler() }
        let server = try HTTPServerBuilder.http1().buildServer(
            configuration: ServerConfiguration(address: .unixDomainSocket(path: socket)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { _, writer, _ in
            let head = HTTPResponse(
                status: .ok, headerFields: [.contentType: "application/json", .contentLength: "\(body.readableBytes)"])
            try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        }
        let services = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await services.run()
    }
}
