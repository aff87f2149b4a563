// Apps that read as fast as they are answered, over so many connections: one thread, so that as much as can be of the
// machine is left to what is measured.

import Foundation
import UnixSockets

struct ReadFigures: Sendable {
    /// Answers.
    let count: Int
    /// Answers a second.
    let rate: Double
    /// Seconds.
    let median: Double
    let p99: Double
    let longest: Double
}

enum Readers {
    /// What is spoken on the socket.
    enum Speech {
        /// HTTP/1.1, each connection for many requests.
        case http
        /// HTTP/1.1, and a connection for each request, as scripts have it.
        case httpOnce
        /// JSON objects, and a connection for each.
        case objectOnce

        fileprivate var isOnce: Bool { self != .http }
    }

    /// Each connection sends the next of `requests` when it has its answer, for so long.
    static func read(
        _ path: String, _ speech: Speech = .http, connections: Int, requests: [[UInt8]], for time: Duration
    ) throws -> ReadFigures {
        var pool = try (0..<connections).map { _ in try Connection(path, speech) }
        defer { for connection in pool { close(connection.descriptor) } }
        var times: [Double] = []
        times.reserveCapacity(1 << 20)
        var next = 0
        func request() -> [UInt8] {
            next += 1
            return requests[next % requests.count]
        }
        let begin = now()
        for index in pool.indices { try pool[index].send(request()) }
        let end = begin + time.inSeconds
        var waits = pool.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        while now() < end {
            guard poll(&waits, nfds_t(waits.count), 10_000) > 0 else { throw BenchFailure("no answer for ten seconds") }
            for index in waits.indices where waits[index].revents != 0 {
                guard try pool[index].receive() else { continue }
                times.append(now() - pool[index].beganAt)
                if speech.isOnce {
                    close(pool[index].descriptor)
                    pool[index] = try Connection(path, speech)
                    waits[index].fd = pool[index].descriptor
                }
                try pool[index].send(request())
            }
        }
        return ReadFigures(
            count: times.count,
            rate: Double(times.count) / (now() - begin), median: times.quantile() ?? 0, p99: times.quantile(0.99) ?? 0,
            longest: times.max() ?? 0)
    }

    /// A request whose answer nobody reads. The connection is open as long as this lives.
    final class Unread: Sendable {
        private let connection: Connection

        init(_ request: [UInt8], to path: String) throws {
            var connection = try Connection(path, .objectOnce)
            try connection.send(request)
            self.connection = connection
        }

        deinit { close(connection.descriptor) }
    }

    static func request(_ target: String) -> [UInt8] {
        Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private struct Connection {
        let descriptor: Int32
        /// When the request was sent; or, with a connection for each, when that was made.
        private(set) var beganAt: Double
        private let speech: Speech
        private var answer: [UInt8] = []
        /// The whole answer's length, once its head is read.
        private var length: Int?

        init(_ path: String, _ speech: Speech) throws {
            self.speech = speech
            beganAt = now()
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            let result = withSocketAddress(path) { connect(descriptor, $0, $1) }
            guard result == 0 else {
                throw BenchFailure("cannot connect to \(path): \(String(cString: strerror(errno)))")
            }
        }

        mutating func send(_ request: [UInt8]) throws {
            if !speech.isOnce { beganAt = now() }
            answer.removeAll(keepingCapacity: true)
            length = nil
            guard Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
                throw BenchFailure("a request could not be sent")
            }
        }

        /// Whether the answer is whole. It must be a 200.
        mutating func receive() throws -> Bool {
            let count = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 8192) { buffer in
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if count > 0 { answer.append(contentsOf: buffer[..<count]) }
                return count
            }
            guard count > 0 else { throw BenchFailure("the server hung up") }
            if speech == .objectOnce { return try isWholeObject() }
            if length == nil { length = try Self.length(of: answer) }
            return length.map { answer.count >= $0 } ?? false
        }

        /// A flat object of text, which holds no brace.
        private func isWholeObject() throws -> Bool {
            guard answer.last == UInt8(ascii: "}") else { return false }
            guard String(decoding: answer, as: UTF8.self).contains(#""status":"success""#) else {
                throw BenchFailure("an answer was \(String(decoding: answer.prefix(200), as: UTF8.self))")
            }
            return true
        }

        private static func length(of answer: [UInt8]) throws -> Int? {
            guard let end = firstRange(of: "\r\n\r\n", in: answer) else { return nil }
            guard answer.starts(with: "HTTP/1.1 200".utf8) else {
                throw BenchFailure("an answer was \(String(decoding: answer.prefix(200), as: UTF8.self))")
            }
            for line in answer[..<end].split(separator: 0x0A) {
                let text = String(decoding: line, as: UTF8.self).lowercased()
                if text.hasPrefix("content-length:"),
                    let size = Int(text.dropFirst(15).trimmingCharacters(in: .whitespacesAndNewlines))
                {
                    return end + 4 + size
                }
            }
            throw BenchFailure("an answer does not tell its length")
        }

        private static func firstRange(of mark: String, in bytes: [UInt8]) -> Int? {
            let mark = Array(mark.utf8)
            guard bytes.count >= mark.count else { return nil }
            return (0...(bytes.count - mark.count)).first { start in
                bytes[start] == mark[0] && bytes[start..<(start + mark.count)].elementsEqual(mark)
            }
        }
    }
}
