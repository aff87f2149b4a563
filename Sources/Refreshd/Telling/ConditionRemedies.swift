// What somebody can do about a condition: one sentence for each cause, and for each obstacle where Appwrite is not
// reached, to be read at night by a stranger.

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
    /// Empty where nobody on this side can do anything.
    var remedy: String {
        switch self {
        case .providerFailing: ""
        case .providerThrottling:
            "Where it comes again, ask the provider for a higher limit, and see who else uses the same client id"
        case .emptyAnswers:
            "Check the app's registration at the provider, and the provider's settings in the Appwrite console"
        case .clientRefused:
            "Check the provider's client id and secret in the Appwrite console: the secret may have ended"
        case .grantsRefused:
            "Check at the provider whether the app was suspended, or its refresh tokens withdrawn or limited to days "
                + "(as Google does while an app is in testing); after that, only new logins of the users help"
        case .providerUnsupported: "Upgrade Appwrite to a version that knows the provider"
        case .unreachable:
            "Check the endpoint (and the proxy) in the settings, the network and the server's certificate"
        case .serverFailing: "See the log of the Appwrite server"
        case .notUnderstood:
            "Check that the endpoint in the settings is Appwrite's, that no proxy answers for it, and that it does not "
                + "redirect: redirects are not followed"
        case .keyRefused:
            "Check the API key in Appwrite's console: its end, and its scopes users.read and users.write"
        case .keyMayNotMint: "Give the API key the scope users.write in the Appwrite console"
        case .projectUnknown: "Check the project id in the settings; the Appwrite console shows it"
        case .serviceDisabled:
            "Switch the services Account and Users on in the project's settings at Appwrite"
        case .loginsRefused:
            "Check that endpoint and project in the settings are those that the sessions are of; if so, the users were "
                + "logged out, and new sessions must be registered"
        case .meteredAfterAll:
            "The dev key has ended or is not this project's: make a new one in the Appwrite console; without a dev key, "
                + "take \"unmetered: true\" out of the settings"
        case .budgetShort:
            "A dev key lifts the limit; \"refreshd status\" shows how many calls are needed, and keep: in the settings "
                + "says who goes first"
        case .callsOfOthers:
            "Others at this machine's address refresh or delete sessions under the same host name: give them, or "
                + "refreshd, a dev key"
        case .noRateHeaders:
            "A proxy strips them: let X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset through"
        }
    }
}
