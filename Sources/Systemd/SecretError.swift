// What is wrong with a secret's place, and the remedy. Never holds a byte of the secret itself.

/// A secret that could not be read.
package struct SecretError: Error, Equatable, CustomStringConvertible {
    package let source: SecretSource
    package let problem: Problem

    package enum Problem: Equatable, Sendable {
        /// The credential's name cannot be one.
        case notAName
        /// This process was started without `$CREDENTIALS_DIRECTORY`.
        case noCredentials
        case missing
        case notAFile
        /// Group or others may read or write the file.
        case openToOthers(mode: UInt32)
        case tooLarge(limit: Int)
        case empty
        case notText
        /// The system's answer, a positive `errno` value.
        case refused(errno: Int32)
    }

    package var description: String { "\(source): \(fault); \(remedy)" }

    private var fault: String {
        switch problem {
        case .notAName: "not a name systemd accepts"
        case .noCredentials: "this process was started without credentials ($CREDENTIALS_DIRECTORY is not set)"
        case .missing: "not there"
        case .notAFile: "not a plain file"
        case .openToOthers(let mode): "its mode \(String(mode, radix: 8)) lets others read or change it"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        case .empty: "empty"
        case .notText: "not UTF-8 text"
        case .refused(let errno): "cannot be read: \(reason(errno))"
        }
    }

    private var remedy: String {
        switch (problem, source) {
        case (.notAName, _):
            "use 1 to 255 printable ASCII characters without “/” and “:”"
        case (.noCredentials, .credential(let name, _)), (.missing, .credential(let name, _)):
            "add “LoadCredential=\(name):/path/to/the/secret” to the unit (systemctl edit) and restart it"
        case (.missing, .file):
            "create it with mode 600, owned by the user that runs this program"
        case (.openToOthers, .file(let path)):
            "run: chmod 600 \(path)"
        case (.refused, .file):
            "check that the user that runs this program owns it"
        case (.tooLarge, _), (.empty, _), (.notText, _), (.notAFile, _), (.refused, .credential),
            (.openToOthers, .credential), (.noCredentials, .file):
            "check what was put there"
        }
    }
}
