// How sessions are searched for with a project's API key.

package import RefreshPolicy

/// The intervals of one project's search.
package struct SearchRules: Hashable, Sendable {
    package let project: ProjectAlias
    /// How often the identities are asked for new logins: one request, when there are none.
    package var every: Duration = .seconds(60)
    /// How far behind the newest identity seen the next question begins: Appwrite writes the identity and the session
    /// of a login one after the other, and a question may fall in between.
    package var overlap: Duration = .seconds(120)
    /// How often all users are walked through: identities can be deleted, and very old sessions have none.
    package var walkEvery: Duration = .seconds(6 * 3600)

    package init(project: ProjectAlias) {
        self.project = project
    }
}
