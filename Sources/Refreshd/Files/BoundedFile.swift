// Reading a small file whole: never more than is wanted of it, and with words for what went wrong.

import Glibc

/// Why a file was not read.
package enum FileTrouble: Error, Hashable, Sendable {
    case missing
    case notPermitted
    case isFolder
    case tooLarge(limit: Int)
    /// Another answer of the kernel.
    case failed(errno: Int32)

    init(errno: Int32) {
        self =
            switch errno {
            case ENOENT, ENOTDIR: .missing
            case EACCES, EPERM: .notPermitted
            case EISDIR: .isFolder
            default: .failed(errno: errno)
            }
    }

    /// What is wrong with the file, as in "FILE …".
    package var words: String {
        switch self {
        case .missing: "does not exist"
        case .notPermitted: "may not be read by this user"
        case .isFolder: "is a folder, not a file"
        case .tooLarge(let limit): "is larger than \(limit / 1024) KiB, which is the limit"
        case .failed(let errno): "cannot be read: \(String(cString: strerror(errno)))"
        }
    }
}

package enum BoundedFile {
    /// All bytes of the file, or of the pipe, at `path`: at most `limit`.
    package static func read(_ path: String, limit: Int) throws(FileTrouble) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw FileTrouble(errno: errno) }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, limit: limit)
    }

    /// All that an open descriptor still gives: at most `limit` bytes.
    package static func read(descriptor: Int32, limit: Int) throws(FileTrouble) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                guard errno == EINTR else { throw FileTrouble(errno: errno) }
                continue
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }
}
