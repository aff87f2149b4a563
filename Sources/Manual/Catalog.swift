// The message catalog: what `journalctl -x` shows below an entry. Its language is systemd.catalog(5).

import Refreshd

package enum Catalog {
    package static var text: String {
        """
        # What journalctl -x tells of the events of refreshd: what happened, what refreshd does next, what to do.
        # Made by "make catalog" from the kinds of event; install it as /usr/lib/systemd/catalog/refreshd.catalog and run
        # journalctl --update-catalog.

        """ + EventKind.allCases.map { entry(of: $0.facts) }.joined()
    }

    private static func entry(of facts: EventFacts) -> String {
        let head = """

            -- \(facts.id)
            Subject: \(facts.subject)
            Defined-By: refreshd
            Documentation: man:refreshd-journal(7)

            """
        let texts = facts.texts { "@\($0.rawValue)@" }
        return head + texts.map { "\n" + wrapped($0) }.joined()
    }

    private static let width = 76

    /// Lines of words. Commands, which are indented, stay as they are.
    private static func wrapped(_ text: String) -> String {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n") {
            guard !paragraph.hasPrefix("    ") else {
                lines.append(String(paragraph))
                continue
            }
            var line = ""
            for word in paragraph.split(separator: " ") {
                if line.count + word.count + 1 > width {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            lines.append(line)
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
