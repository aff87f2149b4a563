// The words of mdoc(7), the language of manual pages; all that is foreign to it is escaped here.

/// One page.
package struct ManualPage: Hashable, Sendable {
    package let name: String
    package let section: Int
    package let text: String

    package var file: String { "\(name).\(section)" }
}

struct Mdoc {
    private var lines: [String] = []

    /// The three lines that every page begins with.
    init(_ name: String, section: Int, date: String) {
        lines = [".Dd \(date)", ".Dt \(name.uppercased()) \(section)", ".Os"]
    }

    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func section(_ title: String) { lines.append(".Sh \(title)") }

    /// A macro with its arguments, each one word of mdoc.
    mutating func macro(_ name: String, _ arguments: String...) {
        lines.append(([".\(name)"] + arguments.map(Self.word)).joined(separator: " "))
    }

    /// A macro whose arguments are macros too.
    mutating func raw(_ line: String) { lines.append(line) }

    /// Running text; a line break in it begins a paragraph, since lines that run on have none. Lines set in are to copy.
    mutating func prose(_ text: String) {
        var copied: [Substring] = []
        for (index, paragraph) in text.split(separator: "\n").enumerated() {
            if paragraph.hasPrefix("  ") {
                copied.append(paragraph.dropFirst(2))
                continue
            }
            command(copied)
            copied = []
            if index > 0 { lines.append(".Pp") }
            // A new sentence on a new line is mdoc's own rule.
            let sentences = paragraph.replacing(". ", with: ".\n")
            lines += sentences.split(separator: "\n").map { Self.line(String($0)) }
        }
        command(copied)
    }

    /// Shown as it is: quotation marks, too, which a macro would take for its own.
    mutating func literal(_ text: String) {
        lines.append(".Dl " + Self.escaped(text).replacing("\"", with: "\\(dq"))
    }

    /// Lines to copy, which are not broken however long they are.
    mutating func command(_ text: [some StringProtocol]) {
        guard !text.isEmpty else { return }
        lines += [".Bd -literal -offset indent"] + text.map { Self.line(String($0)) } + [".Ed"]
    }

    /// One argument of a macro, whatever it holds.
    static func word(_ text: String) -> String {
        // Two or three letters may be a macro's name.
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2F, 0x5F: true
            default: false
            }
        }
        if isPlain { return text.count <= 3 ? "\\&\(text)" : text }
        return "\"" + escaped(text).replacing("\"", with: "\\(dq") + "\""
    }

    private static func line(_ text: String) -> String {
        let escaped = escaped(text)
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\e").replacing("…", with: "...")
    }
}
