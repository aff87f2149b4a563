// The least of an OpenID provider that a token agent can be set up with: a discovery document and a token endpoint, on
// loopback, for two providers in one server.

import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

final class Issuer: Sendable {
    /// One of the two, by the first part of its paths.
    enum Name: String, CaseIterable {
        case calm
        /// Its token endpoint hangs while `isHanging`.
        case moody
    }

    private let hanging = Mutex(false)
    private let port = Mutex(0)

    var isHanging: Bool {
        get { hanging.withLock { $0 } }
        set { hanging.withLock { $0 = newValue } }
    }

    func address(of name: Name) -> String { "http://localhost:\(port.withLock { $0 })/\(name.rawValue)/" }

    /// Answers for as long as `body` runs.
    static func with<Value>(_ body: (Issuer) async throws -> Value) async throws -> Value {
        let issuer = Issuer()
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "issuer") { _ in SwiftLogNoOpLogHandler() }
        let server = try HTTPServerBuilder.http1().buildServer(
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: 0)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { request, writer, _ in
            let body = ByteBuffer(string: try await issuer.answer(to: request.head))
            let head = HTTPResponse(
                status: .ok, headerFields: [.contentType: "application/json", .contentLength: "\(body.readableBytes)"])
            try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        } onServerRunning: { channel in
            bound.yield(channel.localAddress?.port ?? 0)
        }
        let services = ServiceGroup(services: [server], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { bound.finish() }
                try await services.run()
            }
            guard let port = await ports.first(where: { _ in true }) else { throw BenchFailure("no issuer") }
            issuer.port.withLock { $0 = port }
            let result = try await body(issuer)
            group.cancelAll()
            return result
        }
    }

    private func answer(to request: HTTPRequest) async throws -> String {
        let path = request.path ?? "/"
        guard request.method == .post else {
            let name = Name.allCases.first { path.hasPrefix("/\($0.rawValue)/") } ?? .calm
            let base = address(of: name)
            return """
                {"issuer":"\(base)","authorization_endpoint":"\(base)auth","token_endpoint":"\(base)token",\
                "response_types_supported":["code"],"grant_types_supported":["refresh_token","authorization_code"],\
                "scopes_supported":["openid","offline_access"],"subject_types_supported":["public"]}
                """
        }
        while isHanging, path.hasPrefix("/\(Name.moody.rawValue)/") { try await Task.sleep(for: .milliseconds(20)) }
        let token = String(repeating: "x", count: 700)
        return #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3600,"refresh_token":"r"}"#
    }
}
