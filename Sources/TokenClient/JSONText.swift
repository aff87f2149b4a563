// JSON, read strictly (RFC 8259), without Foundation: to load that takes ten times as long as to ask for a token, and
// this program is started for each.

enum JSONText {
    enum Value: Hashable {
        case object([Field])
        case array([Value])
        case string(String)
        /// As it was written.
        case number(String)
        case truth(Bool)
        case null

        /// The value of that name; nil where there is none, or this is no object.
        subscript(name: String) -> Value? {
            guard case .object(let fields) = self else { return nil }
            return fields.first { $0.name == name }?.value
        }

        var string: String? { if case .string(let text) = self { text } else { nil } }
        var truth: Bool? { if case .truth(let truth) = self { truth } else { nil } }
        var array: [Value]? { if case .array(let elements) = self { elements } else { nil } }
        /// Nil for a fraction, and for what an `Int` cannot hold.
        var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }
    }

    struct Field: Hashable {
        let name: String
        let value: Value
    }

    /// No answer of refreshd nests deeper than three, and no object of one has more than twenty fields.
    private static let deepest = 16
    private static let mostFields = 100

    /// The one value that the text is; nil where it is anything else, has a name twice in an object, or is no UTF-8.
    static func value(of text: [UInt8]) -> Value? {
        var reader = Reader(text: text)
        do throws(Malformed) {
            let value = try reader.value(depth: 0)
            try reader.end()
            return value
        } catch {
            return nil
        }
    }

    private struct Malformed: Error {}

    private struct Reader {
        let text: [UInt8]
        var position = 0

        var next: UInt8? { position < text.count ? text[position] : nil }

        mutating func value(depth: Int) throws(Malformed) -> Value {
            guard depth < deepest else { throw Malformed() }
            skipSpace()
            switch next {
            case UInt8(ascii: "{"): return try object(depth: depth)
            case UInt8(ascii: "["): return try array(depth: depth)
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): return try word("true", .truth(true))
            case UInt8(ascii: "f"): return try word("false", .truth(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return .number(try number())
            }
        }

        mutating func end() throws(Malformed) {
            skipSpace()
            guard position == text.count else { throw Malformed() }
        }

        private mutating func object(depth: Int) throws(Malformed) -> Value {
            var fields: [Field] = []
            try list(from: "{", to: "}") { reader throws(Malformed) in
                reader.skipSpace()
                let name = try reader.string()
                reader.skipSpace()
                guard reader.skip(":") else { throw Malformed() }
                let value = try reader.value(depth: depth + 1)
                guard fields.count < mostFields, !fields.contains(where: { $0.name == name }) else { throw Malformed() }
                fields.append(Field(name: name, value: value))
            }
            return .object(fields)
        }

        private mutating func array(depth: Int) throws(Malformed) -> Value {
            var elements: [Value] = []
            try list(from: "[", to: "]") { reader throws(Malformed) in
                elements.append(try reader.value(depth: depth + 1))
            }
            return .array(elements)
        }

        /// What stands between two brackets, by commas.
        private mutating func list(
            from opening: Unicode.Scalar, to closing: Unicode.Scalar,
            _ element: (inout Reader) throws(Malformed) -> Void
        ) throws(Malformed) {
            guard skip(opening) else { throw Malformed() }
            skipSpace()
            if skip(closing) { return }
            repeat {
                try element(&self)
                skipSpace()
            } while skip(",")
            guard skip(closing) else { throw Malformed() }
        }

        private mutating func string() throws(Malformed) -> String {
            guard skip("\"") else { throw Malformed() }
            var bytes: [UInt8] = []
            while let byte = next {
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard let string = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
                    return string
                case UInt8(ascii: "\\"): bytes += Array(String(try escaped()).utf8)
                case 0..<0x20: throw Malformed()
                default: bytes.append(byte)
                }
            }
            throw Malformed()
        }

        /// What stands behind a backslash.
        private mutating func escaped() throws(Malformed) -> Unicode.Scalar {
            guard let byte = next else { throw Malformed() }
            position += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{C}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"): return try unit()
            default: throw Malformed()
            }
        }

        /// The digits behind `\u`: a scalar, or the two halves of one.
        private mutating func unit() throws(Malformed) -> Unicode.Scalar {
            let first = try hexadecimal()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard (0xD800...0xDBFF).contains(first), skip("\\"), skip("u") else { throw Malformed() }
            let second = try hexadecimal()
            guard (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + ((first & 0x3FF) << 10 | second & 0x3FF))
            else { throw Malformed() }
            return scalar
        }

        private mutating func hexadecimal() throws(Malformed) -> UInt32 {
            var value: UInt32 = 0
            for _ in 0..<4 {
                guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                    throw Malformed()
                }
                value = value << 4 | UInt32(digit)
                position += 1
            }
            return value
        }

        private mutating func number() throws(Malformed) -> String {
            let start = position
            _ = skip("-")
            if !skip("0") { try digits() }
            if skip(".") { try digits() }
            if skip("e") || skip("E") {
                if !skip("+") { _ = skip("-") }
                try digits()
            }
            return String(decoding: text[start..<position], as: UTF8.self)
        }

        private mutating func digits() throws(Malformed) {
            let start = position
            while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
            guard position > start else { throw Malformed() }
        }

        private mutating func word(_ word: String, _ value: Value) throws(Malformed) -> Value {
            guard text[position...].starts(with: word.utf8) else { throw Malformed() }
            position += word.utf8.count
            return value
        }

        private mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard next == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        private mutating func skipSpace() {
            while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
        }
    }
}
