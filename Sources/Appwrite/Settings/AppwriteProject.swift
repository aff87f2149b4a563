// One project of the settings, as this module needs it: where its Appwrite is, and what is shown to it.

import NIOSSL
package import RefreshPolicy

/// Appwrite's own id of a project. `console` is Appwrite itself: its sessions are administrators'.
package typealias AppwriteProjectID = Identifier<AppwriteProjectIDKind>

package enum AppwriteProjectIDKind: IdentifierKind {
    package static let noun = "Appwrite project id"
    package static let longest = 255
    package static let refused = ["console"]
}

/// A project whose settings were found right.
package struct AppwriteProject: Sendable {
    package let alias: ProjectAlias
    package let endpoint: Endpoint
    package let projectID: AppwriteProjectID
    /// With it sessions are found, read, and refreshed by a JWT minted for each call.
    package let apiKey: Secret?
    /// Sent with refreshes only, which are all that Appwrite counts.
    package let devKey: Secret?
    package let limits: CallLimits
    let route: Route
    let trustedRoots: [NIOSSLCertificate]?

    /// The name that budgets are kept by.
    package var hostName: HostName { endpoint.hostName }

    /// Checks the keys, and reads `caFile`, whose certificates are then trusted in place of the system's.
    package init(
        alias: ProjectAlias, endpoint: Endpoint, projectID: AppwriteProjectID, apiKey: Secret? = nil,
        devKey: Secret? = nil, caFile: String? = nil, route: Route = Route(), limits: CallLimits = CallLimits()
    ) throws(ProjectMistakes) {
        var mistakes: [ProjectMistakes.Mistake] = []
        for (field, key) in [(ProjectMistakes.Field.apiKey, apiKey), (.devKey, devKey)] {
            guard let key, !key.fitsHeader else { continue }
            mistakes.append(.init(field: field, text: "the key holds a space, a line end or another odd character"))
        }
        if let login = route.proxyLogin, !login.isLogin {
            let text = "it must hold a user's name, a colon and the password, on one line"
            mistakes.append(.init(field: .proxyLogin, text: text))
        }
        var roots: [NIOSSLCertificate]?
        if let caFile {
            do {
                roots = try NIOSSLCertificate.fromPEMFile(caFile)
            } catch {
                let text = "no certificate can be read from it: it must exist, be readable, and be PEM"
                mistakes.append(.init(field: .caFile, text: text))
            }
        }
        guard mistakes.isEmpty else { throw ProjectMistakes(mistakes: mistakes) }
        self.alias = alias
        self.endpoint = endpoint
        self.projectID = projectID
        self.apiKey = apiKey
        self.devKey = devKey
        self.limits = limits
        self.route = route
        trustedRoots = roots
    }
}

/// How long a call may take, from its start to the last byte of its answer.
package struct CallLimits: Hashable, Sendable {
    /// Appwrite sets no limit to its own call to the provider, and a slow one takes tens of seconds. A refresh that is
    /// given up goes on at Appwrite, so it is worth waiting for.
    package var refresh: Duration = .seconds(60)
    /// Reads, listings and minting touch Appwrite's database only.
    package var other: Duration = .seconds(10)

    package init() {}
}

/// All that is wrong with a project's settings, each with the field it is about. Holds no secret.
package struct ProjectMistakes: Error, Hashable, Sendable {
    package let mistakes: [Mistake]

    package struct Mistake: Hashable, Sendable {
        package let field: Field
        /// What is wrong and what to write, for people.
        package let text: String
    }

    package enum Field: String, Hashable, Sendable {
        case apiKey
        case devKey
        case caFile
        case proxyLogin
    }
}

extension Secret {
    /// Whether it is of visible ASCII and no longer than a header may be. What is not, no Appwrite ever issued; and it
    /// must not get near a header.
    var fitsHeader: Bool {
        let value = reveal()
        return value.utf8.count <= 8192 && value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Whether it is `USER:PASSWORD`, as HTTP's Basic scheme takes it (RFC 7617): without control characters.
    fileprivate var isLogin: Bool {
        let value = reveal()
        return value.utf8.count <= 4096 && value.first != ":" && value.contains(":")
            && !value.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
