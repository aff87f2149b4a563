// Where a command reads and writes: the terminal or pipes of this process, or a test's.

import Glibc

package struct Console: Sendable {
    /// Columns of the terminal; nil where the output is no terminal.
    package let width: Int?
    /// Writes to standard output: what was asked for, and nothing else.
    package let write: @Sendable (String) throws(CommandFailure) -> Void
    /// Writes a line to standard error: everything for people that is not the result.
    package let note: @Sendable (String) -> Void
    /// Reads a secret from standard input, at most so many bytes; on a terminal a prompt is shown and the input not.
    package let readSecret: @Sendable (_ prompt: String, _ limit: Int) throws(FileTrouble) -> [UInt8]

    package init(
        width: Int?, write: @escaping @Sendable (String) throws(CommandFailure) -> Void,
        note: @escaping @Sendable (String) -> Void,
        readSecret: @escaping @Sendable (_ prompt: String, _ limit: Int) throws(FileTrouble) -> [UInt8]
    ) {
        self.width = width
        self.write = write
        self.note = note
        self.readSecret = readSecret
    }
}

extension Console {
    /// This process's own.
    package static var standard: Console {
        Console(
            width: terminalWidth(of: STDOUT_FILENO),
            write: { text throws(CommandFailure) in
                guard put(text, to: STDOUT_FILENO) else {
                    throw CommandFailure(
                        .cannotWrite, "the output cannot be written: \(String(cString: strerror(errno)))")
                }
            },
            // Where not even an error can be written, the exit status is all that is left.
            note: { line in _ = put(line + "\n", to: STDERR_FILENO) },
            readSecret: { prompt, limit throws(FileTrouble) in
                guard isatty(STDIN_FILENO) == 1 else {
                    return try BoundedFile.read(descriptor: STDIN_FILENO, limit: limit)
                }
                guard let line = getpass(prompt) else { throw FileTrouble(errno: errno) }
                defer { explicit_bzero(line, strlen(line)) }
                return String(cString: line).utf8.map { $0 }
            })
    }

    /// `COLUMNS` goes before what the terminal says, as elsewhere.
    private static func terminalWidth(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        if let columns = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), columns > 0 { return columns }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
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
