// Standard error as the log needs it: it says whether a line was taken, and lets no line begin in the middle of another.

import Glibc
import Synchronization

final class StandardError: Sendable {
    private let descriptor: Int32
    /// Whether the last line was broken off, as where the disk became full within it.
    private let isMidLine = Mutex(false)

    static let process = StandardError(STDERR_FILENO)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes the line; false where not all of it was taken. May block.
    func take(_ line: String) -> Bool {
        isMidLine.withLock { isMidLine in
            let bytes = Array((isMidLine ? "\n" + line : line).utf8)
            var count = 0
            while count < bytes.count {
                let step = bytes[count...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if step < 0 && errno == EINTR { continue }
                guard step > 0 else { break }
                count += step
            }
            if count > 0 { isMidLine = bytes[count - 1] != UInt8(ascii: "\n") }
            return count == bytes.count
        }
    }
}
