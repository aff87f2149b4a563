// The options that ask for a token, and their help.

import Vocabulary

package enum TokenOption: String, CaseIterable, Sendable {
    case user
    case provider
    case project
    case providerUID = "provider-uid"
    case session
    case minValid = "min-valid"
    case maxWait = "max-wait"
    case json
    case socket
    case version
    case help

    package var help: String {
        switch self {
        case .user: "Appwrite's id of the user."
        case .provider: "The provider, such as google."
        case .project: "The settings' name of the project; not needed where there is only one."
        case .providerUID: "The account, where the user has several at the provider."
        case .session: "One session in place of a user's account."
        case .minValid:
            "How long the token must live on. (default: \(DurationText.wholeSeconds(TokenQuestion.usualMinValid))s)"
        case .maxWait:
            """
            How long to wait for a refresh; 0s for not at all. (default: \
            \(DurationText.wholeSeconds(TokenQuestion.usualMaxWait))s)
            """
        case .json: "Write JSON for programs: one object a line."
        case .socket: "The socket that apps read tokens on."
        case .version: "Show the version."
        case .help: "Show help information."
        }
    }

    /// What stands for its value in the help; nil where it takes none.
    package var valueName: String? {
        switch self {
        case .user: "id"
        case .provider, .project: "name"
        case .providerUID: "uid"
        case .session: "project/id"
        case .minValid, .maxWait: "duration"
        case .socket: "path"
        case .json, .version, .help: nil
        }
    }
}
