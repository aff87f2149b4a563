// What is typed for ids, sessions and durations, and what is said to whoever typed it wrong.

package import RefreshPolicy

/// Why an argument is refused, in words for whoever typed it. It does not quote the argument, which may be a secret that
/// stands in the wrong place (law 7).
package struct ArgumentFlaw: Error, Hashable, Sendable {
    package let words: String

    package init(_ words: String) {
        self.words = words
    }
}

package enum ArgumentText {
    package static func identifier<Kind: IdentifierKind>(_ text: String) throws(ArgumentFlaw) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(text) else {
            throw ArgumentFlaw(
                "A \(Kind.noun) has 1 to \(Kind.longest) letters, digits and . _ - and starts with a letter or digit.")
        }
        return identifier
    }

    package static func session(_ text: String) throws(ArgumentFlaw) -> SessionKey {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, ["current", "recent"].contains(parts[1]) {
            throw ArgumentFlaw("Name the session by its id: what \(parts[1]) would be, depends on who asks Appwrite.")
        }
        guard parts.count == 2, let project = ProjectAlias(parts[0]), let session = SessionID(parts[1]) else {
            throw ArgumentFlaw(
                "A session is named PROJECT/ID, by the settings' name of its project and Appwrite's id of the session.")
        }
        return SessionKey(project: project, session: session)
    }

    package static func duration(_ text: String) throws(ArgumentFlaw) -> Duration {
        do throws(DurationText.Flaw) {
            return try DurationText.parse(text)
        } catch {
            let hint = error.words.map { " " + $0 } ?? ""
            throw ArgumentFlaw("A duration is a number and a unit, such as 30s, 5m or 1h.\(hint)")
        }
    }
}
