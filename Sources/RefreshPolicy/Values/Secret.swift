// A value that never shows by accident (law 7). Search for `reveal()` to see every place where one is used.

/// An access token, session secret, key or JWT. It describes itself as `<secret>` in strings, dumps and mirrors.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    /// Nil for the empty string: Appwrite writes "" where there is none, and an empty token is no token (law 2).
    package init?(_ value: String) {
        guard !value.isEmpty else { return nil }
        self.value = value
    }

    /// The value itself, for the wire or the sealed store.
    package func reveal() -> String { value }

    package var description: String { "<secret>" }
    package var debugDescription: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
