// Names that come from outside, checked before they enter a URL, a row or a journal line.

/// What an identifier names, and what else it must not be.
package protocol IdentifierKind: Sendable {
    /// As in "this is no valid …".
    static var noun: String { get }
    static var longest: Int { get }
    static var refused: [String] { get }
}

/// A string of Appwrite's grammar for ids: `[A-Za-z0-9][A-Za-z0-9._-]*` (what its validator accepts, which is wider
/// than what its error message says).
package struct Identifier<Kind: IdentifierKind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// Nil where the string is empty, too long, of another grammar, or a name that has a meaning of its own.
    package init?(_ string: String) {
        let bytes = string.utf8
        guard let first = bytes.first, bytes.count <= Kind.longest, Self.isAlphanumeric(first),
            bytes.allSatisfy({ Self.isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }),
            !Kind.refused.contains(string)
        else { return nil }
        rawValue = string
    }

    package var description: String { rawValue }
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

/// The settings' name for an endpoint, an Appwrite project and credentials.
package typealias ProjectAlias = Identifier<ProjectAliasKind>
/// Appwrite's session id. `current` and `recent` are words of Appwrite's API, not ids.
package typealias SessionID = Identifier<SessionIDKind>
/// Appwrite's user id.
package typealias UserID = Identifier<UserIDKind>
/// Appwrite's name of an OAuth 2 provider, such as `google`.
package typealias ProviderName = Identifier<ProviderNameKind>

package enum ProjectAliasKind: IdentifierKind {
    package static let noun = "project"
    package static let longest = 64
    /// Appwrite's own project; its sessions are administrators'.
    package static let refused = ["console"]
}

package enum SessionIDKind: IdentifierKind {
    package static let noun = "session id"
    /// 36 on SQL stores, 255 on MongoDB.
    package static let longest = 255
    package static let refused = ["current", "recent"]
}

package enum UserIDKind: IdentifierKind {
    package static let noun = "user id"
    package static let longest = 255
    package static let refused: [String] = []
}

package enum ProviderNameKind: IdentifierKind {
    package static let noun = "provider"
    package static let longest = 64
    package static let refused: [String] = []
}

/// A session as refreshd names it: ids are unique in a project only.
package struct SessionKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let project: ProjectAlias
    package let session: SessionID

    package init(project: ProjectAlias, session: SessionID) {
        self.project = project
        self.session = session
    }

    package var description: String { "\(project)/\(session)" }
    package static func < (left: Self, right: Self) -> Bool {
        (left.project, left.session) < (right.project, right.session)
    }
}

/// One provider of a project: what its failures have in common.
package struct Lane: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let project: ProjectAlias
    package let provider: ProviderName

    package init(project: ProjectAlias, provider: ProviderName) {
        self.project = project
        self.provider = provider
    }

    package var description: String { "\(project)/\(provider)" }
    package static func < (left: Self, right: Self) -> Bool {
        (left.project, left.provider) < (right.project, right.provider)
    }
}

/// What an app reads: one user's account at one provider. Apps need not know sessions.
package struct Grant: Hashable, Sendable {
    package let project: ProjectAlias
    package let user: UserID
    package let provider: ProviderName
    /// `providerUID` as bytes: two grants are one only where these are the same, as in the store. Strings are the same to
    /// Swift where Unicode writes one text in two ways, and of those a provider may make two accounts.
    private let account: [UInt8]

    package init(project: ProjectAlias, user: UserID, provider: ProviderName, providerUID: String) {
        self.project = project
        self.user = user
        self.provider = provider
        account = Array(providerUID.utf8)
    }

    /// The user's id at the provider: a foreign string of no fixed grammar.
    package var providerUID: String { String(decoding: account, as: UTF8.self) }
}
