// Searches everything that refreshd wrote for everything it must never write: tokens, secrets, keys, JWTs.

import Foundation

struct SecretSearch: Sendable {
    /// What is searched for, and how it is called when it is found: the secret itself is not shown.
    private(set) var needles: [(name: String, bytes: Data)] = []

    /// Shorter strings turn up by chance.
    private static let shortest = 8

    init() {
        // Every JWT begins so: `{"alg":` or `{"typ":`, in base64.
        add("a JWT", "eyJhbGciOi")
        add("a JWT", "eyJ0eXAiOi")
    }

    mutating func add(_ name: String, _ secret: String) {
        guard secret.utf8.count >= Self.shortest else { return }
        needles.append((name, Data(secret.utf8)))
    }

    /// Adds all tokens that a user's logins ever got: the simulator names them after the account.
    mutating func add(tokensOf role: Role) {
        add("an access token of \(role.user)", "at_\(role.user)_g")
        add("a refresh token of \(role.user)", "rt_\(role.user)_g")
    }

    /// What is found in the files, and in the files below the folders.
    func leaks(in paths: [String]) throws -> (leaks: [Testimony.Leak], bytes: Int) {
        var leaks: [Testimony.Leak] = []
        var bytes = 0
        for file in paths.flatMap(files) {
            let content = try Data(contentsOf: URL(filePath: file))
            bytes += content.count
            for needle in needles where content.range(of: needle.bytes) != nil {
                leaks.append(Testimony.Leak(secret: needle.name, file: file))
            }
        }
        return (leaks, bytes)
    }

    private func files(below path: String) -> [String] {
        guard let names = FileManager.default.enumerator(atPath: path) else { return [path] }
        let files = names.compactMap { $0 as? String }.map { "\(path)/\($0)" }.filter { file in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && !isFolder.boolValue
        }
        return files
    }
}
