// A file that the daemon holds open, and its name: the kernel keeps the file when the name is gone, so nothing fails, and
// nobody who asks for the name finds it.

import Glibc
import Synchronization

final class WatchedFile: Sendable {
    let path: String
    private let state = Mutex(State())

    private struct State {
        var isWatched = false
        /// Nil where the file was gone before it was learnt.
        var identity: Identity?
        var loss: Loss?
    }

    private struct Identity: Hashable {
        let device: dev_t
        let inode: ino_t

        init?(at path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = status.st_dev
            inode = status.st_ino
        }
    }

    enum Loss: Hashable, Sendable {
        /// Deleted, or moved away.
        case gone
        /// Another file has its name.
        case replaced
    }

    /// Not watched before `learn`.
    init(_ path: String) {
        self.path = path
    }

    /// The file that has the name now is the one. Where none has, there is nothing to watch, unless it must be there: then it
    /// is gone already.
    func learn(mustBe: Bool = false) {
        let identity = Identity(at: path)
        state.withLock { $0 = State(isWatched: mustBe || identity != nil, identity: identity) }
    }

    /// What became of it, and whether that is news since the last look.
    func look() -> (loss: Loss?, isNews: Bool) {
        let now = Identity(at: path)
        return state.withLock { state in
            guard state.isWatched else { return (nil, false) }
            let before = state.loss
            state.loss = now == nil ? .gone : now == state.identity ? nil : .replaced
            return (state.loss, state.loss != before)
        }
    }
}
