// Secrets are read where an administrator put them, and every mistake is told with its place and its remedy.
import Foundation
import Testing

@testable import Systemd

@Suite("A secret")
struct SecretSourceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("in a credential is read as it is, whatever the file's mode says")
    func credential() throws {
        _ = try folder.file("api-key", "abc\n", mode: 0o440)
        let source = SecretSource.credential(name: "api-key", directory: folder.path)

        #expect(try source.bytes() == Array("abc\n".utf8))
        #expect(try source.text() == "abc")
    }

    @Test(
        "as text loses the line break at its end, and nothing else",
        arguments: [("key", "key"), ("key\n", "key"), ("key\r\n", "key"), (" k\ney \n\n", " k\ney \n"), ("kéy", "kéy")])
    func text(content: String, expected: String) throws {
        let path = try folder.file("key", content, mode: 0o600)

        #expect(try SecretSource.file(path: path).text() == expected)
    }

    @Test("in a file is read only when nobody else may", arguments: [0o600, 0o400])
    func ownFile(mode: Int) throws {
        let path = try folder.file("key", "abc", mode: mode)

        #expect(try SecretSource.file(path: path).text() == "abc")
    }

    @Test("in a file others may read or write is refused, with the cure", arguments: [0o640, 0o604, 0o620, 0o601])
    func sharedFile(mode: Int) throws {
        let path = try folder.file("key", "abc", mode: mode)

        let error = failure(.file(path: path))

        #expect(error?.problem == .openToOthers(mode: UInt32(mode)))
        #expect(
            error?.description == """
                secret file \(path): its mode \(String(mode, radix: 8)) lets others read or change it; \
                run: chmod 600 \(path)
                """)
    }

    @Test("credential asked of a process without any says how the unit gives one")
    func withoutCredentials() {
        let error = failure(.credential(name: "api-key", directory: nil))

        #expect(error?.problem == .noCredentials)
        #expect(error?.description.contains("add “LoadCredential=api-key:/path/to/the/secret” to the unit") == true)
    }

    @Test("credential that is missing says where it was looked for")
    func missingCredential() {
        let error = failure(.credential(name: "api-key", directory: folder.path))

        #expect(error?.problem == .missing)
        #expect(error?.description.contains("credential “api-key” (\(folder.path)/api-key): not there") == true)
        #expect(error?.description.contains("LoadCredential=api-key:") == true)
    }

    @Test(
        "credential's name cannot lead out of its folder", arguments: ["", ".", "..", "../shadow", "a:b", "a\nb", "é"])
    func names(name: String) {
        #expect(failure(.credential(name: name, directory: folder.path))?.problem == .notAName)
    }

    @Test("file that is missing, no plain file, or below one is told apart")
    func noFile() throws {
        let file = try folder.file("key", "abc", mode: 0o600)
        try #require(mkfifo("\(folder.path)/pipe", 0o600) == 0)

        #expect(failure(.file(path: "\(folder.path)/nothing"))?.problem == .missing)
        #expect(failure(.file(path: folder.path))?.problem == .notAFile)
        #expect(failure(.file(path: "\(folder.path)/pipe"))?.problem == .notAFile)
        #expect(failure(.file(path: "\(file)/below"))?.problem == .refused(errno: ENOTDIR))
    }

    @Test("is read up to its limit and not beyond")
    func limit() throws {
        let path = try folder.file("key", "12345678", mode: 0o600)

        #expect(try SecretSource.file(path: path).bytes(limit: 8).count == 8)
        #expect(throws: SecretError(source: .file(path: path), problem: .tooLarge(limit: 7))) {
            try SecretSource.file(path: path).bytes(limit: 7)
        }
    }

    @Test("that is nothing, or only a line break, is an error", arguments: ["", "\n", "\r\n"])
    func empty(content: String) throws {
        let path = try folder.file("key", content, mode: 0o600)

        #expect(failure(.file(path: path))?.problem == .empty)
    }

    @Test("that is not text is not shown in the error that says so")
    func notText() throws {
        let path = "\(folder.path)/key"
        try (Data("hunter2".utf8) + [0xFF]).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)

        let error = failure(.file(path: path))

        #expect(error?.problem == .notText)
        #expect(error?.description.contains("hunter2") == false)
    }

    private func failure(_ source: SecretSource) -> SecretError? {
        #expect(throws: SecretError.self) { try source.text() }
    }
}
