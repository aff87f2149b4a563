// A daemon of which every byte is made up: it takes one connection, reads the request, and answers as it is told.

import Foundation
import Synchronization
import UnixSockets

final class ScriptedSocket: Sendable {
    enum Step: Sendable {
        case say([UInt8])
        /// Says nothing, and hangs up when the peer does.
        case fallSilent
    }

    /// Short, as a socket's path must be.
    private let folder = "/tmp/rt-" + String(UInt64.random(in: 0 ... .max), radix: 36)
    private let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    private let received = Mutex("")

    var path: String { folder + "/s" }

    /// The request as it came.
    var request: String { received.withLock { $0 } }

    /// From now on it takes one connection, does these steps and hangs up.
    init(_ steps: [Step]) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        guard withSocketAddress(path, { bind(listener, $0, $1) }) == 0, listen(listener, 1) == 0 else {
            throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
        Thread.detachNewThread { [self] in answer(by: steps) }
    }

    convenience init(saying answer: String) throws {
        try self.init([.say(Array(answer.utf8))])
    }

    deinit {
        close(listener)
        try? FileManager.default.removeItem(atPath: folder)  // The test's outcome does not hang on it.
    }

    private func answer(by steps: [Step]) {
        let peer = accept(listener, nil, nil)
        defer { close(peer) }
        var byte: UInt8 = 0
        while !request.hasSuffix("\r\n\r\n"), recv(peer, &byte, 1, 0) == 1 {
            received.withLock { $0.unicodeScalars.append(Unicode.Scalar(byte)) }
        }
        for step in steps {
            switch step {
            case .say(let bytes): _ = send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            case .fallSilent: _ = recv(peer, &byte, 1, 0)
            }
        }
    }
}
