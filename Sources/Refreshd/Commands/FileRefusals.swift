// What a command that works on the store's files is refused, in its own terms: the store's words are for the daemon's
// start, and speak of the settings and of whom files are to be given to.

import SessionStorage
import Vocabulary

extension CommandFailure {
    /// Makes `file`, which may be refused by it or by the store.
    static func told<Value>(
        making file: String, _ body: () throws(OpenError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(OpenError) {
            return try body()
        } catch {
            throw CommandFailure(ExitStatus(error), error.words(making: file))
        }
    }
}

extension OpenError {
    /// For a command that works on the store beside the daemon.
    var words: String {
        guard case .noPermission(let path, let cause) = self else { return description }
        return """
            \(path.shown()) may not be opened by this user: \(cause). Run this as the user that refreshd runs as, such as by \
            sudo -u refreshd.
            """
    }

    fileprivate func words(making file: String) -> String {
        // It is made under a longer name first.
        if case .noPermission(let path, let cause) = self, path.hasPrefix(file) {
            return "\(file.shown()) may not be made: \(cause). Name a file in a folder that this user may write to."
        }
        if case .unavailable(let path, let cause) = self, path.hasPrefix(file) {
            return "\(file.shown()) cannot be written: \(cause). Nothing was changed."
        }
        if case .folderMissing(let folder) = self, file.hasPrefix(folder + "/") {
            return "There is no folder \(folder.shown()). Make it, or name a file in another."
        }
        return words
    }
}
