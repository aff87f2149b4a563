// What a failed exchange proves: whether the request can have left this machine. When that is not provably so, it did:
// a refresh that may have been sent is in doubt (law 4).

import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RefreshPolicy

struct BrokenCall: Breakage, Hashable {
    let silence: Silence
    let departure: Departure

    enum Departure: Hashable, Sendable {
        case provablyNot
        case perhaps
    }

    static let timedOut = BrokenCall(.timedOut, .perhaps)
    static let cancelled = BrokenCall(.cancelled, .perhaps)

    /// Through a proxy it is the proxy that this machine connects to.
    var throughProxy: BrokenCall {
        guard case .unreachable(let obstacle) = silence else { return self }
        switch obstacle {
        case .nameUnknown, .refused, .notConnected, .connectTimedOut:
            return BrokenCall(.unreachable(.proxyNotReached), departure)
        case .certificateNotTrusted, .certificateOfAnotherName, .noTLS, .proxyNotReached, .proxyWantsLogin,
            .proxyRefused, .answerTimedOut, .cut:
            return self
        }
    }

    init(_ silence: Silence, _ departure: Departure) {
        self.silence = silence
        self.departure = departure
    }

    init(_ error: any Error) {
        switch error {
        case let error as HTTPClientError: self.init(error)
        // Made while connecting, before a request is given the connection: no such name, no route, no listener.
        case is NIOConnectionError: self.init(notConnected: error)
        // To an IP address the system's own error comes. Of these, only a refusal cannot come later.
        case let error as IOError where error.errnoCode == ECONNREFUSED: self.init(notConnected: error)
        case let error as IOError where Self.noWay.contains(error.errnoCode):
            self.init(.unreachable(ConnectionTrouble(error).obstacle), .perhaps)
        // The handshake failed, so there was no connection yet that a request could go out on. (What a server says
        // against us after its handshake comes as another error.)
        case NIOSSLError.handshakeFailed, NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate,
            NIOSSLError.failedToLoadCertificate, is NIOSSLExtraError:
            self.init(notConnected: error)
        // Closed in the middle of an answer.
        case HTTPParserError.invalidEOFState: self.init(.cut, .perhaps)
        case is HTTPParserError, is NIOTooManyBytesError: self.init(.notUnderstood, .perhaps)
        case is CancellationError: self = .cancelled
        default: self.init(.cut, .perhaps)
        }
    }

    private init(notConnected error: any Error) {
        self.init(.unreachable(ConnectionTrouble(error).obstacle), .provablyNot)
    }

    /// What the system says where the network has no way, or has one no more.
    private static let noWay = [ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH]

    private init(_ error: HTTPClientError) {
        switch error {
        // No connection in time, or none free in time.
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: self.init(notConnected: error)
        // The proxy made no way to the host, so no request went out on it.
        case .proxyAuthenticationRequired, .invalidProxyResponse, .httpProxyHandshakeTimeout:
            self.init(notConnected: error)
        case .alreadyShutdown: self.init(.cancelled, .provablyNot)
        case .cancelled: self = .cancelled
        case .deadlineExceeded, .readTimeout, .writeTimeout: self = .timedOut
        default: self.init(.cut, .perhaps)
        }
    }
}
