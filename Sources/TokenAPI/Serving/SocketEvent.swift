// What happens at a socket that somebody may look for: a line of the log names it in its metadata, beside the words.

import Logging

package enum SocketEvent: String, CaseIterable, Sendable {
    /// With `user` and `process` of the first that was refused.
    case tooManyConnections = "too-many-connections"
    /// With the `errno` of the system's refusal.
    case connectionsHeld = "connections-held"

    /// The key of the metadata that holds it.
    package static let key = "event"

    func metadata(_ facts: Logger.Metadata) -> Logger.Metadata {
        facts.merging([Self.key: "\(rawValue)"]) { $1 }
    }
}
