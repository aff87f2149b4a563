// One entry of the journal as its fields, and the form in which libsystemd takes them. Pure.

/// syslog's levels, which the journal keeps in `PRIORITY` and `journalctl -p` asks for.
package enum JournalPriority: Int, Sendable {
    case emergency, alert, critical, error, warning, notice, informational, debug
}

/// A field of an entry. The value is any text: line breaks are kept, not taken for the end of the field.
package struct JournalField: Equatable, Sendable {
    package let name: String
    package let value: String

    /// A field whose name is written in the source. Throws when journald would silently drop it.
    package init(_ name: String, _ value: String) throws(JournalFieldError) {
        guard Self.isName(name) else { throw JournalFieldError(name: name) }
        self.init(accepted: name, value)
    }

    /// A field named after a key in some other spelling: `session-id` becomes `SESSION_ID`. A key that would still not
    /// make a name (empty, or with a digit or an underscore first) gets `X_` in front.
    package init(key: String, _ value: String) {
        let folded = String(
            decoding: key.utf8.prefix(Self.nameLimit - 2).map { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
                default: UInt8(ascii: "_")
                }
            }, as: UTF8.self)
        self.init(accepted: Self.isName(folded) ? folded : "X_\(folded)", value)
    }

    fileprivate init(accepted name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    private static let nameLimit = 64

    /// journald's rule: 1 to 64 of `A-Z 0-9 _`, no digit first; an underscore first is for journald's own fields.
    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= nameLimit else { return false }
        return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

package struct JournalFieldError: Error, Equatable, CustomStringConvertible {
    package let name: String

    package var description: String {
        "“\(name)” is not a field name of the journal: use 1 to 64 of A-Z, 0-9 and _, beginning with a letter"
    }
}

/// What is written to the journal in one piece.
package struct JournalEntry: Equatable, Sendable {
    package let fields: [JournalField]

    /// Fields beyond this many are cut: one message to the kernel holds 1024 parts, and a field takes up to five.
    package static let fieldLimit = 128

    package init(_ priority: JournalPriority, _ message: String, fields: [JournalField] = []) {
        let head = [
            JournalField(accepted: "PRIORITY", String(priority.rawValue)), JournalField(accepted: "MESSAGE", message),
        ]
        self.fields = Array((head + fields).prefix(Self.fieldLimit))
    }
}

/// An entry's fields as `NAME=value`, one behind the other in one arena, so that a record is one allocation and the
/// vectors handed to C all point into it.
struct JournalRecord: Equatable, Sendable {
    let arena: [UInt8]
    /// Where each field ends in the arena.
    let ends: [Int]
}

extension JournalRecord {
    init(_ entry: JournalEntry) {
        var arena: [UInt8] = []
        var ends: [Int] = []
        for field in entry.fields {
            arena.append(contentsOf: field.name.utf8)
            arena.append(UInt8(ascii: "="))
            arena.append(contentsOf: field.value.utf8)
            ends.append(arena.count)
        }
        self.init(arena: arena, ends: ends)
    }
}
