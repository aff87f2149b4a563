// What the answers to probes mean. They ask less of a body than the daemon's calls do: who wrote it, and what it refuses.

import Foundation

/// Who answers at an endpoint.
package enum Greeting: Hashable, Sendable {
    /// Nil where it does not say which version it is.
    case appwrite(version: String?)
    /// An Appwrite, but not at this path.
    case wrongPath
    /// Where to is foreign text.
    case redirect(status: Int, to: String?)
    case page(status: Int)
    case foreignJSON(status: Int)
    case somethingElse(status: Int)
    case silent(ConnectionTrouble)
}

/// Whether an Appwrite has the project.
package enum ProjectAnswer: Hashable, Sendable {
    case known
    /// Known, and its users' own calls are switched off.
    case switchedOff
    case unknown
    case unclear(Unclear)
}

/// What an API key may do, as one call shows.
package enum KeyAnswer: Hashable, Sendable {
    case allowed
    case scopeMissing
    /// Not a key of this project.
    case keyUnknown
    case keyExpired
    case unclear(Unclear)
}

/// An answer that proves nothing.
package enum Unclear: Hashable, Sendable {
    case status(Int)
    case silent(ConnectionTrouble)
}

private struct WireVersion: Decodable {
    let version: String

    /// Nil for what is no version: it is shown to people.
    var shown: String? {
        let isVersion = version.utf8.count <= 32 && version.utf8.allSatisfy { RequestPath.isUnreserved($0) }
        return isVersion && !version.isEmpty ? version : nil
    }
}

extension RawAnswer {
    var greeting: Greeting {
        if (300...399).contains(status) { return .redirect(status: status, to: fields["Location"]) }
        if let error = wireError {
            return error.type == "general_route_not_found" ? .wrongPath : .appwrite(version: statedVersion?.shown)
        }
        if status == 200, let stated = statedVersion { return .appwrite(version: stated.shown) }
        if status == 404, fields["Server"] == "Appwrite" { return .wrongPath }
        let start = body.first { !" \t\r\n".utf8.contains($0) }
        if start == UInt8(ascii: "<") { return .page(status: status) }
        if start == UInt8(ascii: "{") || start == UInt8(ascii: "[") { return .foreignJSON(status: status) }
        return .somethingElse(status: status)
    }

    var ofProject: ProjectAnswer {
        switch wireError?.type {
        case nil: status == 200 ? .known : .unclear(.status(status))
        case "project_not_found", "project_unknown": .unknown
        // Whoever asks what scopes nobody has, knows the project.
        case "general_unauthorized_scope": .known
        case "general_service_disabled", "general_api_disabled": .switchedOff
        default: .unclear(.status(status))
        }
    }

    /// - Parameter granted: whether the answer comes from behind the scopes.
    func ofKey(granted: (_ status: Int, _ type: String?) -> Bool) -> KeyAnswer {
        let error = wireError
        if granted(status, error?.type) { return .allowed }
        switch error?.type {
        case "user_unauthorized": return .keyUnknown
        case "project_key_expired": return .keyExpired
        // A short-lived key that has ended makes its bearer a guest.
        case "general_unauthorized_scope":
            return error?.message.contains("(role: guests)") == true ? .keyExpired : .scopeMissing
        default: return .unclear(.status(status))
        }
    }

    /// Nil where it is not in this form: then the rest says what it is.
    private var statedVersion: WireVersion? {
        try? WireFormat.decode(WireVersion.self, from: body)
    }
}
