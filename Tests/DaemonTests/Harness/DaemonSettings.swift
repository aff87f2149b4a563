// The settings of a daemon under test, with waits short enough for tests; each test changes the few it is about.

/// What becomes the daemon's YAML file.
struct DaemonSettings: Sendable {
    var projects = [ProjectSettings()]
    /// Lines of `waits:`, by key.
    var waits = ["doubtFor": "60s", "suspectFor": "1s", "firstRetry": "200ms", "recheckLogin": "500ms"]
    /// Lines of `calls:`, by key.
    var calls = ["refreshTimeout": "50s", "readTimeout": "10s"]
    /// The token socket's.
    var tokenMode = "0660"
    /// Token sockets beside the first.
    var tokenSockets: [String] = []
    /// Rules of `access:`, as they stand in the file.
    var access: [String] = []
    /// Lines of `log:`, by key.
    var log = ["level": "info"]

    struct ProjectSettings: Sendable {
        var alias = "main"
        /// The name that the daemon calls the simulator by.
        var host = "127.0.0.1"
        var project = "demo"
        var apiKey: String? = "standard_apikey4ffc1d"
        var devKey: String?
        /// Lines of `budget:`, by key.
        var budget = ["window": DaemonSettings.endless]
        /// Lines of `discovery:`, by key.
        var discovery = ["every": "300ms", "walkEvery": "600ms"]
        /// Lines of `pace:`, by key.
        var pace: [String: String] = [:]
        /// Lines of the project's own, as they stand in the file.
        var lines: [String] = []
    }

    /// Ten years: a window that does not end in the middle of a test, on both sides.
    static let endless = "3650d"

    func yaml(folder: String, port: Int) -> String {
        """
        projects:
        \(projects.map { $0.yaml(folder: folder, port: port) }.joined())
        state: { directory: \(folder)/state }
        sockets:
          token: { path: \(folder)/token.sock, mode: "\(tokenMode)" }
          control: { path: \(folder)/control.sock }
        \(tokenSockets.map { "  \($0): { path: \(folder)/\($0).sock }\n" }.joined())\
        waits: \(Self.map(waits))
        calls: \(Self.map(calls))
        log: \(Self.map(log))
        access: [\(access.joined(separator: ", "))]
        """
    }

    /// The files of secrets that the settings name, by their paths.
    func secrets(folder: String) -> [String: String] {
        var secrets: [String: String] = [:]
        for project in projects {
            secrets[project.keyPath(folder)] = project.apiKey
            secrets[project.devKeyPath(folder)] = project.devKey
        }
        return secrets
    }

    fileprivate static func map(_ lines: [String: String]) -> String {
        "{ " + lines.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + " }"
    }
}

extension DaemonSettings.ProjectSettings {
    fileprivate func keyPath(_ folder: String) -> String { "\(folder)/\(alias)-api-key" }
    fileprivate func devKeyPath(_ folder: String) -> String { "\(folder)/\(alias)-dev-key" }

    fileprivate func yaml(folder: String, port: Int) -> String {
        var lines = [
            "\(alias):", "  endpoint: http://\(host):\(port)/v1", "  project: \(project)",
            "  budget: \(DaemonSettings.map(budget))", "  discovery: \(DaemonSettings.map(discovery))",
            "  pace: \(DaemonSettings.map(pace))",
        ]
        if apiKey != nil { lines.append("  apiKeyFile: \(keyPath(folder))") }
        if devKey != nil { lines.append("  devKeyFile: \(devKeyPath(folder))") }
        lines += self.lines.map { "  " + $0 }
        return lines.map { "  \($0)\n" }.joined()
    }
}
