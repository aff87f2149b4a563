// Another user of this machine, as whom curl asks on a socket: the kernel vouches for it to the server.

import Foundation
import Glibc
import Harness

/// Only root can be others.
let canBeOthers =
    geteuid() == 0
    && ["/usr/bin/setpriv", "/usr/bin/curl"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

extension Harness {
    /// Everybody may connect, as far as the door.
    func letInEverybody() {
        chmod(path, 0o666)
        chmod((path as NSString).deletingLastPathComponent, 0o755)
    }
}

struct Stranger: Sendable {
    var user: UInt32 = 65_534
    var group: UInt32 = 65_534
    var groups: [UInt32] = []

    /// Asks, and returns when it is answered.
    /// - Parameter method: nil for GET, or POST where there is a body.
    func ask(
        _ path: String, at socket: String, method: String? = nil, post body: String? = nil
    ) async throws -> Reply {
        let supplement =
            groups.isEmpty ? "--clear-groups" : "--groups=" + groups.map(String.init).joined(separator: ",")
        let words =
            ["--reuid=\(user)", "--regid=\(group)", supplement, "/usr/bin/curl", "--silent", "--show-error"]
            + ["--max-time", "300", "--write-out", "\n%{http_code}", "--unix-socket", socket]
            + (method.map { ["--request", $0] } ?? [])
            + (body.map { ["--header", "Content-Type: application/json", "--data", $0] } ?? [])
            + ["http://localhost" + path]
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }  // Left behind, it harms nobody.
        let (answer, errors) = (folder.appending(path: "answer"), folder.appending(path: "errors"))
        let ending = try await ChildProcess("/usr/bin/setpriv", words, output: answer.path, errors: errors.path)
            .untilEnd()
        guard ending == .exited(0) else {
            throw HarnessTrouble("curl: \(ending)\n\(try String(contentsOf: errors, encoding: .utf8))")
        }
        let text = try String(contentsOf: answer, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return Reply(
            status: lines.last.flatMap { Int($0) } ?? 0, headers: [:], body: lines.dropLast().joined(separator: "\n"))
    }
}
