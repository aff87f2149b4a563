// Whose token is asked for, and how it is asked for over HTTP.

package import RefreshPolicy
package import Vocabulary

package struct TokenQuestion: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        case grant(project: ProjectAlias?, user: UserID, provider: ProviderName, providerUID: String?)
        case session(SessionKey)
    }

    let subject: Subject
    let minValid: Duration
    let maxWait: Duration

    package static let usualMinValid: Duration = .seconds(60)
    package static let usualMaxWait: Duration = .seconds(30)

    /// Of options as they were given. Refuses those that do not say whose token, or say it twice.
    package init(
        user: UserID?, provider: ProviderName?, project: ProjectAlias?, providerUID: String?, session: SessionKey?,
        minValid: Duration, maxWait: Duration
    ) throws(ArgumentFlaw) {
        if let session {
            guard user == nil, provider == nil, project == nil, providerUID == nil else {
                throw ArgumentFlaw("--session already says whose token: leave out user, provider and project.")
            }
            subject = .session(session)
        } else if let user, let provider {
            subject = .grant(project: project, user: user, provider: provider, providerUID: providerUID)
        } else {
            throw ArgumentFlaw("Say whose token: --user and --provider, or --session.")
        }
        self.minValid = minValid
        self.maxWait = maxWait
    }

    /// How long to wait for the whole answer.
    package var patience: Duration { .seconds(15) + maxWait }

    /// What is asked for, with its query.
    package var path: String {
        // Ids are of a grammar that needs no encoding.
        var path = "/v1/tokens"
        switch subject {
        case .session(let key):
            path += "/\(key.project.rawValue)/\(key.session.rawValue)?"
        case .grant(let project, let user, let provider, let providerUID):
            path += "?user=\(user.rawValue)&provider=\(provider.rawValue)&"
            if let project { path += "project=\(project.rawValue)&" }
            if let providerUID { path += "provider_uid=\(providerUID.percentEncoded)&" }
        }
        return path
            + "min_valid=\(DurationText.wholeSeconds(minValid))&max_wait=\(DurationText.wholeSeconds(maxWait))"
    }
}
