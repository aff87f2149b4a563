// How connections are made and kept, for all projects together.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import RefreshPolicy

package struct ConnectionLimits: Hashable, Sendable {
    /// Connections to one host. How many calls are made at once, those say who make them (`pace.maxInFlight`, which a
    /// reload may change); here none is to wait for a free connection, as one that waits for long has failed.
    package var perHost: Int = 2048
    /// For the name, the connection, the TLS handshake, and the wait for a connection that is free. It must be shorter
    /// than the time limits of calls: a call that ends here has provably not been sent.
    package var connect: Duration = .seconds(5)
    /// How long an unused connection is kept. Shorter than servers and proxies commonly keep theirs (a minute, some 15
    /// seconds): a request sent while the server hangs up is in doubt for ten minutes.
    package var idle: Duration = .seconds(10)

    package init() {}

    /// For the calls that go through that proxy, or through none.
    func configuration(through gate: ProxyGate?) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: .milliseconds(connect.wholeMilliseconds)),
            connectionPool: HTTPClient.Configuration.ConnectionPool(
                idleTimeout: .milliseconds(idle.wholeMilliseconds), concurrentHTTP1ConnectionsPerHostSoftLimit: perHost),
            decompression: .disabled)
        // A host that is not there is told at once: trying again is the scheduler's.
        configuration.connectionPool.retryConnectionEstablishment = false
        // One call on a connection: when one breaks, one session is in doubt.
        configuration.httpVersion = .http1Only
        // Nobody traces, and what would be told of each call is costly to gather.
        configuration.tracing.tracer = nil
        configuration.proxy = gate.map { gate in
            .server(
                host: gate.proxy.host, port: gate.proxy.port,
                authorization: gate.login.map { .basic(credentials: Data($0.reveal().utf8).base64EncodedString()) })
        }
        return configuration
    }
}

/// A proxy, and what lets us through.
struct ProxyGate: Hashable, Sendable {
    let proxy: Proxy
    let login: Secret?

    init?(_ route: Route) {
        guard let proxy = route.proxy else { return nil }
        self.proxy = proxy
        login = route.proxyLogin
    }
}

extension AppwriteProject {
    /// Certificates are always verified; nil where the endpoint is not encrypted.
    var tlsConfiguration: TLSConfiguration? {
        guard endpoint.isEncrypted else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let trustedRoots { configuration.trustRoots = .certificates(trustedRoots) }
        return configuration
    }
}
