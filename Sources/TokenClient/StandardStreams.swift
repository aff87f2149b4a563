// What a program writes: its result to standard output, everything else to standard error.

import Glibc
package import Vocabulary

package enum StandardStreams {
    package static func write(_ text: String) throws(CommandFailure) {
        guard put(text, to: STDOUT_FILENO) else {
            throw CommandFailure(.cannotWrite, "the output cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// A line for people. Where not even an error can be written, the exit status is all that is left.
    package static func note(_ line: String) {
        _ = put(line + "\n", to: STDERR_FILENO)
    }

    /// Whether all of it was written; else `errno` says why.
    private static func put(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { return false }
            bytes = bytes.dropFirst(max(0, count))
        }
        return true
    }
}
