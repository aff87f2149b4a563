// What somebody can do about a condition: one sentence without its full stop, for each cause, and for each obstacle where
// Appwrite is not reached, to be read at night by a stranger.

import RefreshPolicy

extension Condition {
    /// Empty where nobody on this side can do anything.
    var remedy: String { obstacle?.remedy ?? cause.remedy }
}

extension Obstacle {
    var remedy: String {
        switch self {
        case .nameUnknown:
            "Correct the host name in the endpoint, or this machine's name servers (/etc/resolv.conf)"
        case .refused: "Nobody listens there: start the server, or correct the port in the endpoint"
        case .notConnected: "Check this machine's network and routes, and the firewalls on the way"
        case .connectTimedOut: "Check that the server runs, and that no firewall on the way swallows the calls"
        case .certificateNotTrusted:
            "Renew the server's certificate if it has ended; where it is by an authority of your own, name that "
                + "authority's certificate by caFile: in the project's settings. \"refreshd check\" says which it is"
        case .certificateOfAnotherName:
            "Write the endpoint by the name that the server's certificate is for, or have one made for this name"
        case .noTLS:
            "Correct the port in the endpoint, or write http:// if it is not encrypted and the network is yours"
        case .proxyNotReached: "Check that the proxy runs and is reached from here, or correct proxy: in the settings"
        case .proxyWantsLogin:
            "Give the proxy's login by proxyLoginCredential: or proxyLoginFile: in the project's settings"
        case .proxyRefused: "See the proxy's log: whether it may connect to the endpoint, and whether it can"
        case .answerTimedOut:
            "See the log of the Appwrite server, and of a proxy before it: they take calls and do not answer"
        case .cut:
            "See the log of the Appwrite server, and of a proxy before it; check https or http, and the port, in the "
                + "endpoint"
        }
    }
}

extension Condition.Cause {
    /// As the kinds of event have it.
    var remedy: String { facts.remedy.map { String($0.dropLast()) } ?? "" }
}
