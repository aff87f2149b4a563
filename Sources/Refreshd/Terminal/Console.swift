// Where a command reads and writes: the terminal or pipes of this process, or a test's.

import Glibc
import TokenClient
package import Vocabulary

package struct Console: Sendable {
    /// The terminal that the output goes to, as it is now; nil where it goes elsewhere.
    package let screen: @Sendable () -> Screen?
    /// Writes to standard output: what was asked for, and nothing else.
    package let write: ResultWriter
    /// Writes a line to standard error: everything for people that is not the result.
    package let note: @Sendable (String) -> Void
    /// Reads a secret from standard input, at most so many bytes; on a terminal a prompt is shown and the input not.
    package let readSecret: @Sendable (_ prompt: String, _ limit: Int) throws(FileTrouble) -> [UInt8]
    /// Waits so long; false when the user ends the command before, as by Ctrl-C, which does not end the process any more.
    package let pause: @Sendable (Duration) async -> Bool

    package init(
        screen: @escaping @Sendable () -> Screen?, write: @escaping ResultWriter,
        note: @escaping @Sendable (String) -> Void,
        readSecret: @escaping @Sendable (_ prompt: String, _ limit: Int) throws(FileTrouble) -> [UInt8],
        pause: @escaping @Sendable (Duration) async -> Bool
    ) {
        self.screen = screen
        self.write = write
        self.note = note
        self.readSecret = readSecret
        self.pause = pause
    }
}

extension Console {
    /// This process's own.
    package static var standard: Console {
        Console(
            screen: { Screen.current(of: STDOUT_FILENO) },
            write: StandardStreams.write, note: StandardStreams.note,
            readSecret: { prompt, limit throws(FileTrouble) in
                guard isatty(STDIN_FILENO) == 1 else {
                    return try BoundedFile.read(descriptor: STDIN_FILENO, limit: limit)
                }
                guard let line = getpass(prompt) else { throw FileTrouble(errno: errno) }
                defer { explicit_bzero(line, strlen(line)) }
                return String(cString: line).utf8.map { $0 }
            },
            pause: { await Interrupt.wait(for: $0) })
    }
}
