// An answer of HTTP/1.1, read strictly, and no more of it than refreshd ever sends.

struct HTTPAnswer: Hashable, Sendable {
    let status: Int
    let body: [UInt8]

    var isSuccess: Bool { (200...299).contains(status) }

    /// What has come so far, until it is an answer.
    struct Reading {
        private var bytes: [UInt8] = []
        private var head: Head?

        /// Far more than refreshd's few header fields.
        static let longestHead = 16_384
        /// A token has some kilobytes; the list of a user's accounts may be longer.
        static let longestBody = 1_048_576

        /// The answer, once it is whole; nothing behind it is looked at.
        mutating func add(_ more: ArraySlice<UInt8>) throws(SocketTrouble) -> HTTPAnswer? {
            bytes += more
            if head == nil { head = try readHead() }
            guard let head else { return nil }
            guard bytes.count - head.bodyStart >= head.bodyLength else { return nil }
            return HTTPAnswer(status: head.status, body: Array(bytes[head.bodyStart...].prefix(head.bodyLength)))
        }

        private func readHead() throws(SocketTrouble) -> Head? {
            // Who does not speak HTTP is not waited for.
            guard zip(bytes, Head.start.utf8).allSatisfy({ $0 == $1 }) else { throw .notUnderstood }
            guard let end = (3..<max(3, bytes.count)).first(where: { bytes[($0 - 3)...$0].elementsEqual(Head.end) })
            else {
                guard bytes.count <= Self.longestHead else { throw .answerTooLarge }
                return nil
            }
            guard let head = Head(String(decoding: bytes[...(end - 4)], as: UTF8.self), bodyStart: end + 1) else {
                throw .notUnderstood
            }
            guard head.bodyLength <= Self.longestBody else { throw .answerTooLarge }
            return head
        }
    }

    private struct Head {
        let status: Int
        let bodyStart: Int
        let bodyLength: Int

        static let start = "HTTP/1.1 "
        /// An end of line, and an empty line.
        static let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

        /// Nil where it is malformed, or does not say how long the body is (RFC 9112, 6): refreshd always does.
        init?(_ text: String, bodyStart: Int) {
            let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
            let words = lines[0].dropFirst(Self.start.count).split(separator: " ", omittingEmptySubsequences: false)
            guard words[0].utf8.count == 3, let status = Self.number(words[0]) else { return nil }
            var length: Int?
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { return nil }
                switch line[..<colon].lowercased() {
                case "content-length":
                    let value = line[colon...].dropFirst().drop { $0 == " " }
                    guard length == nil, let number = Self.number(value) else { return nil }
                    length = number
                case "transfer-encoding": return nil
                default: break
                }
            }
            guard let length else { return nil }
            self.status = status
            self.bodyStart = bodyStart
            bodyLength = length
        }

        /// Of decimal digits alone.
        private static func number(_ text: Substring) -> Int? {
            text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
        }
    }
}
