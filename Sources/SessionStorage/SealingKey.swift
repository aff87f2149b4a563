// The key that secrets are sealed with. It protects a copy of the store that got away without its key; not a host
// whose root is lost.

import Crypto
import Foundation
import Glibc

/// 256 bits, never shown.
package struct SealingKey: Sendable {
    let secret: SymmetricKey
    /// What HKDF extracts from it (RFC 5869, 2.2), from which the key of each session is expanded.
    let root: SymmetricKey
    /// Tells keys apart and says nothing of the key: derived from it by HKDF. It heads each sealed value, so that
    /// after a change of keys each value says which one it needs.
    package let id: KeyID

    static let byteCount = 32

    /// 32 raw bytes, or their base64 as text. Nil for anything else.
    package init?(_ contents: [UInt8]) {
        let bytes: [UInt8]
        if contents.count == Self.byteCount {
            bytes = contents
        } else {
            let text = String(decoding: contents, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let decoded = Data(base64Encoded: text), decoded.count == Self.byteCount else { return nil }
            bytes = Array(decoded)
        }
        self.init(SymmetricKey(data: bytes))
    }

    /// A new one.
    package static func random() -> SealingKey {
        SealingKey(SymmetricKey(size: .bits256))
    }

    private init(_ secret: SymmetricKey) {
        self.secret = secret
        let extracted = HKDF<SHA256>.extract(inputKeyMaterial: secret, salt: Data())
        root = extracted.withUnsafeBytes { SymmetricKey(data: $0) }
        id = KeyID(of: secret)
    }

    /// The key itself, in base64, for a file or a credential.
    package func reveal() -> String {
        secret.withUnsafeBytes { Data($0) }.base64EncodedString()
    }

    /// The key in a file of ours. The first start makes the file, readable by its owner alone and on disk when this
    /// returns. A key is only ever made while there is no store: made for an existing one, it would hide that the
    /// real one is lost.
    package static func loadOrCreate(path: String, forStore store: String) throws(OpenError) -> SealingKey {
        if let key = try load(path) { return key }
        guard try !Path.exists(store) else { throw OpenError.keyMissing(key: path, store: store) }
        // Another process may be making the same file: whoever is first wins, and both then load that one.
        _ = try random().made(at: path)
        guard let key = try load(path) else { throw OpenError.keyMissing(key: path, store: store) }
        return key
    }

    /// The key in that file; nil where there is no such file.
    package static func load(_ path: String) throws(OpenError) -> SealingKey? {
        guard let file = try OpenFile.ifThere(path) else { return nil }
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw OpenError.keyMalformed(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw OpenError.keyExposed(path: path, mode: status.st_mode & 0o777)
        }
        guard let key = SealingKey(try file.first(1024)) else { throw OpenError.keyMalformed(path) }
        return key
    }

    /// Writes the key to a new file, readable by its owner alone and on disk when this returns; never over another.
    package func write(to path: String) throws(OpenError) {
        guard try made(at: path) else { throw OpenError.taken(path) }
    }

    /// False where the path is taken.
    private func made(at path: String) throws(OpenError) -> Bool {
        let made: Void? = try Path.make(path) { unfinished throws(OpenError) in
            try OpenFile(unfinished, O_RDWR).replaceContents(with: Array("\(reveal())\n".utf8))
        }
        return made != nil
    }
}

extension SealingKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "<key \(id)>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A name for a key that may be shown and stored.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
    static let byteCount = 8
    let bytes: [UInt8]

    init(of key: SymmetricKey) {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Data("refreshd key id".utf8), outputByteCount: Self.byteCount)
        bytes = derived.withUnsafeBytes { Array($0) }
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var data: Data { Data(bytes) }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
