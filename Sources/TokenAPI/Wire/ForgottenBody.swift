// What was erased of a user, as operators see it.

package import RefreshEngine
package import RefreshPolicy

/// The body of `DELETE /v1/users/{user}`.
package struct ForgottenBody: Codable, Hashable, Sendable {
    package let userID: String
    /// At least one.
    package let projects: [Project]

    package struct Project: Codable, Hashable, Sendable {
        package let project: String
        /// How many were erased.
        package let sessions: Int
        /// Whether the project's API key finds them again, as long as the user is logged in at Appwrite.
        package let comesBack: Bool

        private enum CodingKeys: String, CodingKey {
            case project
            case sessions
            case comesBack = "comes_back"
        }
    }

    package init(_ user: UserID, _ forgotten: [ForgottenUser]) {
        userID = user.rawValue
        projects = forgotten.map {
            Project(project: $0.project.rawValue, sessions: $0.sessions, comesBack: $0.isSearched)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case projects
    }
}
