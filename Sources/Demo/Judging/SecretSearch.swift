// Searches everything that refreshd wrote for everything it must never write: tokens, secrets, keys, JWTs.

import Foundation

struct SecretSearch: Sendable {
    /// What is searched for, and how it is called when it is found: the secret itself is not shown.
    private(set) var needles: [Needle] = []

    struct Needle: Hashable, Sendable {
        let name: String
        let bytes: Data
    }

    /// Shorter strings turn up by chance.
    private static let shortest = 8

    init() {
        // Every JWT begins so: `{"alg":` or `{"typ":`, in base64.
        add("a JWT", "eyJhbGciOi")
        add("a JWT", "eyJ0eXAiOi")
    }

    mutating func add(_ name: String, _ secret: String) {
        guard secret.utf8.count >= Self.shortest else { return }
        needles.append(Needle(name: name, bytes: Data(secret.utf8)))
    }

    /// Adds a session secret as it is sent, and what is in it: it is base64 of `{"id":…,"secret":…}`.
    mutating func add(sessionSecret secret: String, of role: Role) throws {
        add("the session secret of \(role.user)", secret)
        guard let json = Data(base64Encoded: secret) else {
            throw DemoFailure("the simulator gave a session secret that is no base64")
        }
        add("the session secret of \(role.user)", try JSONDecoder().decode(SessionSecret.self, from: json).secret)
    }

    /// Adds all tokens that a user's logins ever get: the simulator names them after the account.
    mutating func add(tokensOf role: Role) {
        add("an access token of \(role.user)", "at_\(role.user)_g")
        add("a refresh token of \(role.user)", "rt_\(role.user)_g")
    }

    /// Searches the files, and the files below the folders.
    func findings(inFiles paths: [String]) throws -> Findings {
        var findings = Findings()
        for file in paths.flatMap(files) {
            findings.add(self.findings(in: try Data(contentsOf: URL(filePath: file)), of: file))
        }
        return findings
    }

    func findings(in content: Data, of place: String) -> Findings {
        let found = needles.filter { content.range(of: $0.bytes) != nil }
        return Findings(leaks: found.map { Leak(secret: $0.name, place: place) }, bytes: content.count)
    }

    private func files(below path: String) -> [String] {
        guard isFolder(path) else { return [path] }
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.map { "\(path)/\($0)" }.filter { !isFolder($0) }
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private struct SessionSecret: Decodable {
        let secret: String
    }
}

/// A secret where none should be.
struct Leak: Hashable, Sendable {
    let secret: String
    let place: String
}

struct Findings: Sendable {
    var leaks: [Leak] = []
    /// How much was searched.
    var bytes = 0

    mutating func add(_ other: Findings) {
        leaks += other.leaks
        bytes += other.bytes
    }
}
