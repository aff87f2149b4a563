// One daemon to a store. The lock is the kernel's (flock), so it ends with its process, even by kill -9; the file
// beside the store only says who holds it, and is left where it is, since removing it would let two hold "the" lock.

import Glibc
import Synchronization

final class StoreLock: Sendable {
    private let file: Mutex<OpenFile?>

    init(store: String) throws(OpenError) {
        let file = try OpenFile(store + ".lock", O_RDWR | O_CREAT | O_NOFOLLOW)
        guard try file.lock() else {
            let written = String(decoding: try file.first(32), as: UTF8.self)
            throw OpenError.locked(store: store, holder: written.split(separator: "\n").first.flatMap { Int32($0) })
        }
        try file.replaceContents(with: Array("\(getpid())\n".utf8))
        self.file = Mutex(file)
    }

    var isHeld: Bool { file.withLock { $0 != nil } }

    func release() {
        file.withLock { file in
            file?.unlock()
            file = nil
        }
    }
}
