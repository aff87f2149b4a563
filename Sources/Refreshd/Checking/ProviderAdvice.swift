// Why a provider gave no refresh token, and how to ask it for one: in its own words, since each calls it otherwise. What
// Appwrite's adapters ask for by themselves is as its source has it (1.8 and 1.9).

import RefreshPolicy

enum ProviderAdvice {
    /// What to change so that the next login of the user brings a refresh token.
    static func offlineAccess(at provider: ProviderName) -> String {
        switch provider.rawValue {
        case "google":
            """
            Google gives one only when it asks the user for consent (access_type=offline with prompt=consent): let the \
            user take the app's access away at myaccount.google.com/connections and log in again
            """
        case "microsoft": scope("offline_access")
        case "auth0": scope("offline_access") + ", and switch on \"Allow Offline Access\" for the API at Auth0"
        case "okta", "authentik", "oidc", "keycloak", "fusionauth", "kick": scope("offline_access")
        case "dropbox":
            "Dropbox gives one for token_access_type=offline only, which Appwrite does not send: " + unaided
        case "zoho": "Zoho gives one for access_type=offline only, which Appwrite does not send: " + unaided
        case "salesforce": scope("refresh_token")
        case "github":
            """
            a GitHub App gives one where its user tokens expire (\"Expire user authorization tokens\" in the app's \
            settings); a GitHub OAuth app gives none, and its tokens have no end
            """
        case "slack": "switch on token rotation in the Slack app's settings"
        case "linkedin": "LinkedIn gives refresh tokens to approved partners only: ask it for them"
        case "facebook": "Facebook gives no refresh tokens: its users must log in again"
        case "notion", "stripe", "yammer", "disqus":
            "its tokens commonly have no end; where this one has, the user must log in again"
        case "wordpress": "WordPress gives no refresh tokens: its users must log in again"
        case "apple":
            "Apple gives one at the first login only: let the user take the app's access away and log in again"
        case "etsy", "paypal", "spotify", "discord", "twitch", "gitlab", "bitbucket", "zoom", "box", "amazon", "figma":
            """
            it gives one with every login as a rule: let the user log in again, by createOAuth2Session; where that does \
            not help, see the app's registration there
            """
        default:
            """
            ask it for offline access: by a scope such as offline_access in the scopes of createOAuth2Session, or in the \
            app's registration there; then let the users log in again
            """
        }
    }

    static let tokenFlow = """
        log in by createOAuth2Session in the browser or app: Appwrite keeps no provider token in a session that was made \
        by createOAuth2Token and createSession
        """

    static let noAdapter = """
        Appwrite 1.8 does not find its own part for this provider, and answers a refresh with the old token: the user \
        must log in again when the token ends
        """

    private static let unaided = "the users must log in again when their tokens end"

    private static func scope(_ scope: String) -> String {
        "add \(scope) to the scopes of createOAuth2Session, and let the users log in again"
    }
}
