// The folders that systemd prepares for a service and names in its environment.

/// Folders from `StateDirectory=`, `RuntimeDirectory=` and `LoadCredential=` of the unit; nil where there is none.
package struct ServiceFolders: Hashable, Sendable {
    package var state: String?
    package var runtime: String?
    package var credentials: String?

    package init(environment: [String: String] = [:]) {
        state = Self.first(environment["STATE_DIRECTORY"])
        runtime = Self.first(environment["RUNTIME_DIRECTORY"])
        credentials = Self.first(environment["CREDENTIALS_DIRECTORY"])
    }

    /// systemd separates several folders with colons; ours is the first.
    private static func first(_ list: String?) -> String? {
        guard let folder = list?.split(separator: ":", omittingEmptySubsequences: true).first, folder.hasPrefix("/")
        else { return nil }
        return String(folder)
    }
}
