// Why the daemon did not start, in words for whoever started it.

/// A start that failed.
struct StartError: Error, Hashable, Sendable, CustomStringConvertible {
    enum Kind: Hashable, Sendable {
        /// The settings, or what they name, are wrong: starting again changes nothing.
        case config
        /// Something is not there now: a disk, a socket, another daemon's lock.
        case unavailable
    }

    let kind: Kind
    /// What is wrong and what to do; may be several lines.
    let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
