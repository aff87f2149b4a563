// Reads a secret from where an administrator put it: a systemd credential, or a file only its owner can read. What goes
// wrong here goes wrong on the first day, so each error says where it looked and what to do.
import Glibc

/// Where a secret is kept. Reading gives plain bytes or text; what they mean is the caller's affair.
package enum SecretSource: Equatable, Sendable, CustomStringConvertible {
    /// `LoadCredential=` or `LoadCredentialEncrypted=` of the unit; systemd lays it in `directory`, its
    /// `$CREDENTIALS_DIRECTORY`, which is nil for a process started without credentials.
    case credential(name: String, directory: String?)
    case file(path: String)

    /// systemd itself allows 1 MiB for a credential. Keys and session secrets are far smaller: whatever is larger than
    /// this was put there by mistake.
    package static let sizeLimit = 64 * 1024

    /// The credential `name` of this process, by its environment.
    package static func credential(_ name: String) -> SecretSource {
        .credential(name: name, directory: getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) })
    }

    package var description: String {
        switch self {
        case .credential(let name, let directory?): "credential “\(name)” (\(directory)/\(name))"
        case .credential(let name, nil): "credential “\(name)”"
        case .file(let path): "secret file \(path)"
        }
    }

    /// The bytes as they are, of which there is at least one.
    package func bytes(limit: Int = sizeLimit) throws(SecretError) -> [UInt8] {
        switch self {
        case .credential(let name, _) where !Self.isCredentialName(name):
            throw SecretError(source: self, problem: .notAName)
        case .credential(_, nil):
            throw SecretError(source: self, problem: .noCredentials)
        case .credential(let name, let directory?):
            // systemd guards the folder, and lets the service in by an access list that shows in the file's mode as a
            // group's right to read: the mode says nothing here.
            return try read("\(directory)/\(name)", forbidden: 0, limit: limit)
        case .file(let path):
            return try read(path, forbidden: 0o077, limit: limit)
        }
    }

    /// The bytes as text, without the line break that editors and `echo` leave at the end.
    package func text(limit: Int = sizeLimit) throws(SecretError) -> String {
        var bytes = try bytes(limit: limit)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw SecretError(source: self, problem: .empty) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SecretError(source: self, problem: .notText)
        }
        return text
    }

    /// systemd's rule: a plain file name of printable ASCII, without the colon that separates names in unit files.
    private static func isCredentialName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255 && name != "." && name != ".."
            && name.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    }

    private func read(_ path: String, forbidden: mode_t, limit: Int) throws(SecretError) -> [UInt8] {
        // O_NONBLOCK: a pipe put there by mistake must not hold the start up for ever.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw SecretError(source: self, problem: errno == ENOENT ? .missing : .refused(errno: errno))
        }
        defer { close(file) }

        // Asked of the open file, not of the path, which may meanwhile lead elsewhere.
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw SecretError(source: self, problem: .refused(errno: errno)) }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw SecretError(source: self, problem: .notAFile) }
        guard facts.st_mode & forbidden == 0 else {
            throw SecretError(source: self, problem: .openToOthers(mode: facts.st_mode & 0o7777))
        }

        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let step = bytes[count...].withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if step < 0 && errno == EINTR { continue }
            guard step >= 0 else { throw SecretError(source: self, problem: .refused(errno: errno)) }
            if step == 0 { break }
            count += step
        }
        guard count <= limit else { throw SecretError(source: self, problem: .tooLarge(limit: limit)) }
        guard count > 0 else { throw SecretError(source: self, problem: .empty) }
        return Array(bytes.prefix(count))
    }
}
