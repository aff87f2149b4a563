// `refreshd check --as USER`: what a user may, and why; by users and groups that every machine has.

import Foundation
import Glibc
import RefreshPolicy
import Testing
import TokenAPI

@testable import Refreshd

/// Whether the users are there that Debian has from the start.
private let hasUsers =
    LocalAccounts.machine.user("www-data") == .number(33) && LocalAccounts.machine.group("nogroup").number != nil

@Suite("What a user may", .timeLimit(.minutes(10)), .enabled(if: hasUsers)) struct RightsTests {
    private func check(_ user: String, _ lines: String, _ more: [String] = []) async throws -> CommandRun {
        try await withFolder { folder in
            let text = """
                projects:
                  main: { endpoint: https://cloud.example/v1, project: shop }
                  side: { endpoint: https://b.example/v1, project: b }
                state: { directory: \(folder) }
                sockets:
                  token: { path: \(folder)/t.sock, mode: "0660", group: www-data }
                  control: { path: \(folder)/c.sock, group: www-data }
                \(lines)
                """
            try Data(text.utf8).write(to: URL(filePath: folder + "/s.yaml"))
            chmod(folder, 0o755)
            let run = await refreshd(["check", "--config", folder + "/s.yaml", "--as", user] + more)
            return CommandRun(
                status: run.status, output: run.output.replacing(folder, with: "DIR"),
                notes: run.notes.replacing(folder, with: "DIR"))
        }
    }

    /// Whose the sockets will be: the folder's owner is the daemon.
    private let me = FileFacts.name(of: geteuid())

    @Test("is told by socket and right, each with its reason")
    func rules() async throws {
        let run = try await check(
            "www-data",
            """
            access:
              - { uid: www-data, refuse: read, user: "admin*" }
              - { gid: www-data, allow: read, project: main, provider: google }
              - { uid: daemon, allow: read }
              - { uid: www-data, allow: register, project: side }
              - { uid: daemon, allow: control }
            """)
        #expect(run.status == 0)
        #expect(
            run.output == """
                www-data may read some tokens, register sessions of some projects, and control nothing.

                www-data: uid 33, in the group www-data

                Socket token, DIR/t.sock
                  connect   yes  it is not there; as the settings have it, \(me):www-data 0660 will let members of its \
                group connect
                  read      no   user admin*                    rule 1, DIR/s.yaml:9
                            yes  project main, provider google  rule 2, DIR/s.yaml:10
                            no   all else                       rules speak of it, and none fits
                  register  yes  project side                   rule 4, DIR/s.yaml:12
                            no   all else                       rules speak of it, and none fits

                Socket control, DIR/c.sock
                  connect   no   it is not there; as the settings have it, \(me):www-data 0600 will not let members of \
                its group connect
                  register  yes  project side  rule 4, DIR/s.yaml:12
                            no   all else      who may control may register, and no rule of control fits
                  control   no   everything    rules speak of it, and none fits

                """)
    }

    @Test("without rules is told by the sockets' modes alone")
    func noRules() async throws {
        let member = try await check("33", "")
        #expect(
            member.output.hasPrefix(
                "www-data may read all tokens, register no session, and control nothing.\n"))
        #expect(member.output.contains("  read      yes  everything  no rule speaks of it: whoever may connect\n"))
        #expect(member.output.contains("  register  no   everything  no rule allows it\n"))
        let other = try await check("daemon", "")
        #expect(other.output.hasPrefix("daemon may read no token, register no session, and control nothing.\n"))
        #expect(other.output.contains("0660 will not let others than its owner and group connect"))
        let root = try await check("root", "access: [{ uid: daemon, allow: control }]")
        #expect(
            root.output.hasPrefix(
                "root may read all tokens, register sessions of all projects, and control everything.\n"))
        #expect(root.output.contains("  control   yes  everything  root, and the user that refreshd runs as, always\n"))
    }

    @Test("to register on the control socket comes with control, where rules speak of registering alone")
    func registering() async throws {
        let run = try await check("www-data", "access: [{ uid: www-data, allow: register, project: side }]")
        #expect(
            run.output.hasSuffix(
                """
                  register  yes  project side  rule 1, DIR/s.yaml:8
                            yes  all else      who may control may register: no rule speaks of control
                  control   yes  everything    no rule speaks of it: whoever may connect

                """))
        // On a token socket it takes a rule.
        #expect(run.output.contains("            no   all else      rules speak of it, and none fits\n"))
    }

    @Test("is read by programs as JSON")
    func json() async throws {
        struct Body: Decodable {
            let uid: UInt32
            let sockets: [Socket]
            struct Socket: Decodable {
                let name: String
                let connects: Bool?
                let rights: [Entry]
            }
            struct Entry: Decodable, Equatable {
                let right: String
                let allowed: Bool
                var project: String?
                var user: String?
                var rule: Int?
                var line: Int?
            }
        }
        let run = try await check("www-data", "access: [{ allow: read, user: \"a*\" }]", ["--json"])
        let body = try JSONDecoder().decode(Body.self, from: Data(run.output.utf8))
        #expect(body.uid == 33)
        #expect(body.sockets.map(\.name) == ["token", "control"])
        #expect(body.sockets.map(\.connects) == [true, false])
        #expect(
            body.sockets.first?.rights == [
                Body.Entry(right: "read", allowed: true, user: "a*", rule: 1, line: 8),
                Body.Entry(right: "read", allowed: false), Body.Entry(right: "register", allowed: false),
            ])
    }

    @Test("of a user that is not there, or by settings that are wrong, is not told")
    func mistakes() async throws {
        let nobody = try await check("no-such-user", "")
        #expect(nobody.status == 66)
        #expect(nobody.notes.contains("this machine has no user no-such-user"))
        let wrong = try await check("root", "access: [{ allow: reed }]")
        #expect(wrong.status == 78)
        #expect(wrong.notes.contains("DIR/s.yaml:8:19: access.allow: found reed"))
    }

    @Test("is told by the socket as it is, and by the folders that lead there")
    func reach() async throws {
        try await withFolder { folder in
            let path = folder + "/in/s"
            let place = SocketPath(path, mode: 0o600)
            let member = LocalAccounts.Member(name: nil, user: 4001, group: 4001, groups: [4002])
            func reach() -> SocketReach { SocketReach(of: member, to: place, daemon: geteuid()) }
            chmod(folder, 0o755)
            try FileManager.default.createDirectory(
                atPath: folder + "/in", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            try withTokensAt(path) {
                #expect(reach().isOpen == false)
                #expect(reach().words.hasPrefix("the folder \(folder)/in is closed to it"))
                chmod(folder + "/in", 0o711)
                #expect(reach().isOpen == false)
                chmod(path, 0o606)
                #expect(reach().isOpen == true)
                #expect(reach().words.hasSuffix(" 0606 lets others than its owner and group connect"))
                // A member of the group is held to what the group may, even where others may more.
                guard chown(path, uid_t.max, 4002) == 0 else { return }
                #expect(reach().isOpen == false)
                chmod(path, 0o660)
                #expect(reach().isOpen == true)
            }
        }
    }

    /// A listening socket at a path.
    private func withTokensAt(_ path: String, _ body: () throws -> Void) throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        chmod(path, 0o600)
        try body()
    }
}
