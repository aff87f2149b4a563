// A look at a server's certificate, whether or not anybody vouches for it. The handshake is broken off as soon as it is
// seen: nothing of ours is sent.

import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import RefreshPolicy

extension Probe {
    /// The certificate that the server shows; nil where it shows none in time, is not to be encrypted, or is behind a
    /// proxy.
    package func certificate() async -> ServerCertificate? {
        guard let tls = project.tlsConfiguration, project.route.proxy == nil,
            let url = URLComponents(string: project.endpoint.description)
        else { return nil }
        let host = project.hostName.rawValue
        let group = MultiThreadedEventLoopGroup.singleton
        let seen = group.any().makePromise(of: ServerCertificate?.self)
        do {
            let context = try NIOSSLContext(configuration: tls)
            var bootstrap = ClientBootstrap(group: group)
            if let address = project.route.ipVersion.localAddress {
                bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: address, port: 0))
            }
            let channel =
                try await bootstrap
                .connectTimeout(.milliseconds(limits.connect.wholeMilliseconds))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        // An IP address is no name to ask for.
                        let name = project.endpoint.ipVersion == nil ? host : nil
                        let handler = try NIOSSLClientHandler(
                            context: context, serverHostname: name,
                            customVerificationCallback: { chain, verdict in
                                seen.succeed(chain.first.flatMap { ServerCertificate($0) })
                                verdict.succeed(.failed)
                            })
                        try channel.pipeline.syncOperations.addHandlers(handler, Ending(seen))
                    }
                }
                .connect(host: host, port: url.port ?? 443).get()
            let patience = channel.eventLoop.scheduleTask(in: .milliseconds(limits.connect.wholeMilliseconds)) {
                seen.succeed(nil)
            }
            let certificate = try await seen.futureResult.get()
            patience.cancel()
            channel.close(promise: nil)
            return certificate
        } catch {
            // Why there is no connection, the probes tell.
            seen.succeed(nil)
            return nil
        }
    }
}

/// Ends the wait where the connection ends first.
private final class Ending: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let seen: EventLoopPromise<ServerCertificate?>

    init(_ seen: EventLoopPromise<ServerCertificate?>) {
        self.seen = seen
    }

    func channelInactive(context: ChannelHandlerContext) {
        seen.succeed(nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        seen.succeed(nil)
        context.close(promise: nil)
    }
}
