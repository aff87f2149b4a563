// How providers of note behave as far as Appwrite's refreshes are concerned; what is not known here is as usual.

extension ProviderBehaviour {
    /// By Appwrite's name of the provider.
    package static func known(_ name: String) -> ProviderBehaviour {
        switch name {
        case "dropbox", "zoho", "oidc":
            // Appwrite's adapters do not ask them for offline access.
            ProviderBehaviour(refreshTokenAtLogin: .omitted)
        case "github":
            // OAuth apps: a token that never ends, no refresh token, and errors under a 200.
            ProviderBehaviour(
                lifetime: nil, expiresIn: .omitted, refreshTokenAtLogin: .omitted, refusals: .success)
        case "salesforce":
            // Its tokens die after about two hours, which it does not say.
            ProviderBehaviour(lifetime: 2 * ServerSettings.hour, expiresIn: .omitted)
        case "slack":
            ProviderBehaviour(refusals: .success)
        default:
            // Google, Microsoft, Auth0, Okta, Authentik, Tradeshift and others are asked for offline access.
            ProviderBehaviour()
        }
    }
}
