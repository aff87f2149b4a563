// refreshd.yaml(5), made from the comments of the settings file that is shipped: the one place where settings are explained.

struct SettingsPage {
    let text: String
    let date: String

    var page: ManualPage {
        var mdoc = Mdoc("refreshd.yaml", section: 5, date: date)
        let entries = entries
        mdoc.section("NAME")
        mdoc.macro("Nm", "refreshd.yaml")
        mdoc.macro("Nd", "settings of refreshd")
        mdoc.section("DESCRIPTION")
        mdoc.raw(
            ".Nm\nis read by\n.Xr refreshd 1\nwhen it starts, from\n.Pa /etc/refreshd/refreshd.yaml\nunless told otherwise."
        )
        mdoc.prose("Durations are one number and one unit: 250ms, 30s, 5m, 1h, 30d.")
        mdoc.prose("Secrets do not stand in this file. It names systemd credentials or files.")
        mdoc.prose("Every mistake is told with its line, and with what was expected, by:")
        mdoc.literal("refreshd check-settings --config FILE")
        mdoc.section("SETTINGS")
        mdoc.raw(".Bl -tag -width indent")
        for entry in entries {
            mdoc.raw(".It Ic " + Mdoc.word(entry.path))
            for line in entry.comment {
                switch line {
                case .prose(let text): mdoc.prose(text)
                case .example(let text): mdoc.literal(text)
                }
            }
            if let value = entry.standard { mdoc.prose("The default is \(value).") }
        }
        mdoc.raw(".El")
        mdoc.section("SEE ALSO")
        mdoc.raw(".Xr refreshd 1")
        return ManualPage(name: "refreshd.yaml", section: 5, text: mdoc.text)
    }

    struct Entry: Hashable {
        enum Line: Hashable {
            case prose(String)
            case example(String)
        }

        /// Such as `projects.NAME.budget.limit`.
        let path: String
        let comment: [Line]
        /// Nil where there is none, or where it is a section.
        let standard: String?
    }

    /// The settings in the order of the file. A comment, which has a space behind its `#`, belongs to the line behind it;
    /// a setting behind a `#` without one shows its default.
    var entries: [Entry] {
        var entries: [Entry] = []
        var comment: [Entry.Line] = []
        var sections: [(indent: Int, name: String)] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let content = line.drop { $0 == " " }
            let indent = line.count - content.count
            if content.isEmpty {
                comment = []
            } else if content.hasPrefix("# ") || content == "#" {
                Self.add(content.dropFirst(2), to: &comment)
            } else if let colon = content.firstIndex(of: ":") {
                let isShown = content.hasPrefix("#")
                let key = content[..<colon].drop { $0 == "#" }
                let value = content[content.index(after: colon)...].drop { $0 == " " }
                sections.removeAll { $0.indent >= indent }
                // A project's name is its user's own.
                let isProject = sections.count == 1 && sections[0].name == "projects"
                let path = (sections.map(\.name) + [isProject ? "NAME" : String(key)]).joined(separator: ".")
                entries.append(
                    Entry(path: path, comment: comment, standard: isShown && !value.isEmpty ? String(value) : nil))
                if !isShown && value.isEmpty { sections.append((indent, isProject ? "NAME" : String(key))) }
                comment = []
            }
        }
        return entries
    }

    /// Lines that are indented further are examples; others go on in one text.
    private static func add(_ line: Substring, to comment: inout [Entry.Line]) {
        if line.hasPrefix("  ") { return comment.append(.example(String(line.drop { $0 == " " }))) }
        if case .prose(let text)? = comment.last {
            comment[comment.count - 1] = .prose("\(text) \(line)")
        } else {
            comment.append(.prose(String(line)))
        }
    }
}
