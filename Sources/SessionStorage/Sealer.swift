// How a secret lies in the store: AES-256-GCM, bound to its session and column, so that a value moved to another row
// or column does not open.
//
// Form: one byte of version, eight of key id, twelve of nonce, the ciphertext, sixteen of tag. Version and key id are
// authenticated with project, session and column.
//
// Each session's values are sealed under a key of its own, derived from the store's by HKDF. Nonces are random, and
// NIST SP 800-38D (8.3) allows 2^32 of them to a key: a busy store would use that up within a year, a session never.

import Crypto
import Foundation
import RefreshPolicy

/// A column that holds sealed values.
enum SealedColumn: String, CaseIterable, Sendable {
    case secret = "sealed_secret"
    case token = "sealed_token"
    case next = "sealed_next"
}

struct Sealer: Sendable {
    let key: SealingKey
    /// While the store is changed for another key: the one before, which opens what is not sealed anew yet.
    let former: SealingKey?

    init(key: SealingKey, former: SealingKey? = nil) {
        self.key = key
        self.former = former
    }

    /// Seals and opens the values of one session.
    func seal(of session: SessionKey) -> SessionSeal {
        SessionSeal(place: [session.project.rawValue, session.session.rawValue], under: key, former: former)
    }

    /// A known value under this key, to be stored: opened again, it proves the key.
    func keyProof() throws -> Data {
        try SessionSeal(place: [], under: key).seal(Self.proven, as: "key_proof")
    }

    func isProven(by proof: Data) -> Bool {
        SessionSeal(place: [], under: key).open(proof, as: "key_proof") == Self.proven
    }

    private static let proven = "refreshd"
}

struct SessionSeal: Sendable {
    private let place: [String]
    private let header: Data
    private let key: SymmetricKey
    private let former: SealingKey?

    private static let version: UInt8 = 1

    fileprivate init(place: [String], under master: SealingKey, former: SealingKey? = nil) {
        self.place = place
        self.former = former
        header = Data([Self.version] + master.id.bytes)
        key = HKDF<SHA256>.expand(
            pseudoRandomKey: master.root, info: Self.joined(["refreshd session"] + place),
            outputByteCount: SealingKey.byteCount)
    }

    func seal(_ secret: Secret, as column: SealedColumn) throws -> Data {
        try seal(secret.reveal(), as: column.rawValue)
    }

    /// Nil where the value is not what was sealed here.
    func open(_ sealed: Data, as column: SealedColumn) -> Secret? {
        open(sealed, as: column.rawValue).flatMap { Secret($0) }
    }

    /// Whether the value is sealed under the newest key.
    func isNewest(_ sealed: Data) -> Bool { sealed.starts(with: header) }

    fileprivate func seal(_ text: String, as column: String) throws -> Data {
        let box = try AES.GCM.seal(Data(text.utf8), using: key, authenticating: bound(to: column))
        return header + box.nonce + box.ciphertext + box.tag
    }

    fileprivate func open(_ sealed: Data, as column: String) -> String? {
        guard isNewest(sealed) else {
            return former.flatMap { SessionSeal(place: place, under: $0).open(sealed, as: column) }
        }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.dropFirst(header.count))
            return String(bytes: try AES.GCM.open(box, using: key, authenticating: bound(to: column)), encoding: .utf8)
        } catch {
            // Too short, changed, or from elsewhere: which of these is nothing that a caller could act on.
            return nil
        }
    }

    private func bound(to column: String) -> Data {
        header + Self.joined(place + [column])
    }

    /// No part holds a zero byte, so no two lists join to the same bytes.
    private static func joined(_ parts: [String]) -> Data {
        Data(parts.joined(separator: "\0").utf8)
    }
}
