// One thing in many words: a label, and a text that is broken between words where the terminal ends.

import Vocabulary

struct Details {
    private var lines: [(label: String, text: String)] = []

    private static let gap = 2
    /// No text is broken narrower: a terminal that leaves no room for it breaks it itself.
    private static let least = 20

    /// Texts are escaped here.
    mutating func add(_ label: String, _ text: String) {
        lines.append((label, text.shown(limit: 2000)))
    }

    func text(on screen: Screen?) -> String {
        let indent = (lines.map(\.label.count).max() ?? 0) + Self.gap
        let room = screen.map { max(Self.least, $0.columns - indent) }
        return lines.map { label, text in
            let parts = Self.broken(text, room)
            let head = label + String(repeating: " ", count: indent - label.count)
            let margin = "\n" + String(repeating: " ", count: indent)
            return head + parts.joined(separator: margin) + "\n"
        }.joined()
    }

    private static func broken(_ text: String, _ room: Int?) -> [String] {
        guard let room, text.count > room else { return [text] }
        var parts: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty && line.count + 1 + word.count > room {
                parts.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return parts + [line]
    }
}
