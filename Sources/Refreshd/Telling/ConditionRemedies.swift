// What somebody can do about a condition: one sentence for each cause, to be read at night by a stranger.

import RefreshPolicy

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
