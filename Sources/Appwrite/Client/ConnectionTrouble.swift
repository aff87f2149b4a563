// Why nothing came of a call or a probe: an operator mends each of these elsewhere. What answers in a form that is no
// HTTP, or with too much, is told apart for a probe alone.

import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RefreshPolicy

package enum ConnectionTrouble: Breakage, Hashable {
    /// The name has no address, as far as this machine's name servers know.
    case nameUnknown
    /// Nobody listens at the port.
    case refused
    /// The system's answer, such as that there is no route.
    case notConnected(errno: Int32)
    case connectTimedOut
    case answerTimedOut
    /// Nobody that is trusted vouches for the certificate, or it is not valid now.
    case certificateNotTrusted
    case certificateOfAnotherName
    /// What answers there speaks no TLS, or none of a version in use.
    case noTLS
    /// The proxy wants a login, or refuses the one that it is given.
    case proxyWantsLogin
    /// The proxy made no way to the server.
    case proxyRefused
    case cut
    case notHTTP
    case tooLarge

    static let timedOut = ConnectionTrouble.answerTimedOut
    /// Then nobody reads it.
    static let cancelled = ConnectionTrouble.cut

    init(_ error: any Error) {
        switch error {
        case let error as HTTPClientError: self.init(error)
        case let error as NIOConnectionError: self.init(error)
        case let error as IOError: self.init(errno: error.errnoCode)
        case ChannelError.connectTimeout: self = .connectTimedOut
        case let error as NIOSSLExtraError: self = error.isOfTheName ? .certificateOfAnotherName : .noTLS
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            self = .certificateNotTrusted
        case NIOSSLError.handshakeFailed(let cause): self = cause.isOfTheCertificate ? .certificateNotTrusted : .noTLS
        case HTTPParserError.invalidEOFState: self = .cut
        case is HTTPParserError: self = .notHTTP
        case is NIOTooManyBytesError: self = .tooLarge
        default: self = .cut
        }
    }

    private init(errno: Int32) {
        self =
            switch errno {
            case ECONNREFUSED: .refused
            case ETIMEDOUT: .connectTimedOut
            case ECONNRESET, EPIPE: .cut
            default: .notConnected(errno: errno)
            }
    }

    /// Of several addresses, the first that was tried says why.
    private init(_ error: NIOConnectionError) {
        guard let first = error.connectionErrors.first else {
            self = .nameUnknown
            return
        }
        self.init(first.error)
    }

    private init(_ error: HTTPClientError) {
        self =
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout: .connectTimedOut
            case .tlsHandshakeTimeout: .noTLS
            case .proxyAuthenticationRequired: .proxyWantsLogin
            case .invalidProxyResponse, .httpProxyHandshakeTimeout: .proxyRefused
            case .deadlineExceeded, .readTimeout, .writeTimeout: .answerTimedOut
            default: .cut
            }
    }
}

extension ConnectionTrouble {
    /// In the daemon's words.
    var obstacle: Obstacle {
        switch self {
        case .nameUnknown: .nameUnknown
        case .refused: .refused
        case .notConnected: .notConnected
        case .connectTimedOut: .connectTimedOut
        case .answerTimedOut: .answerTimedOut
        case .certificateNotTrusted: .certificateNotTrusted
        case .certificateOfAnotherName: .certificateOfAnotherName
        case .noTLS: .noTLS
        case .proxyWantsLogin: .proxyWantsLogin
        case .proxyRefused: .proxyRefused
        case .cut, .notHTTP, .tooLarge: .cut
        }
    }
}

extension NIOSSLExtraError {
    fileprivate var isOfTheName: Bool {
        self == .failedToValidateHostname || self == .serverHostnameImpossibleToMatch
    }
}

extension BoringSSLError {
    /// The library's numbers are not public; its words are stable, and are shown to nobody.
    fileprivate var isOfTheCertificate: Bool {
        guard case .sslError(let stack) = self else { return false }
        return stack.contains { $0.description.contains("CERTIFICATE_VERIFY_FAILED") }
    }
}
