// What is known of a kind of event before one happens. The message catalog (journalctl -x) and the manual page
// refreshd-journal(7) are made from all of it. A line of the log has its id, name and priority from here, and where it
// ends with what can be done about a condition or a dev key, those words; what happened it says in words of its own.

package struct EventFacts: Sendable {
    /// The `MESSAGE_ID`: 128 bits made by `systemd-id128 new`, which never change.
    package let id: String
    /// In `REFRESHD_EVENT`: for people who do not want to type an id.
    package let name: String
    let priority: Telling.Priority
    /// A few words.
    package let subject: String
    /// What every event of the kind has, beside `REFRESHD_EVENT`. Only these stand in the texts below.
    package let always: [EventField]
    package let sometimes: [EventField]
    /// What happened. A field stands in it as `@USER_ID@`.
    package let meaning: String
    /// What refreshd does next.
    package let next: String
    /// What somebody can do; nil where nothing is to be done. Lines that are indented by four are commands.
    package let remedy: String?

    init(
        _ id: String, _ name: String, _ priority: Telling.Priority, _ subject: String, always: [EventField] = [],
        sometimes: [EventField] = [], meaning: String, next: String, remedy: String? = nil
    ) {
        self.id = id
        self.name = name
        self.priority = priority
        self.subject = subject
        self.always = always
        self.sometimes = sometimes
        self.meaning = meaning
        self.next = next
        self.remedy = remedy
    }

    package var priorityName: String { "\(priority)" }

    /// What happened, what refreshd does and what somebody can do, with each field as `field` writes it.
    package func texts(_ field: (EventField) -> String) -> [String] {
        [meaning, next, remedy ?? "Nothing needs to be done."].map { text in
            always.reduce(text) { $0.replacing("@\($1.shortName)@", with: field($1)) }
        }
    }
}

extension EventField {
    /// Without the prefix: `USER_ID`.
    package var shortName: String { rawValue.hasPrefix("REFRESHD_") ? String(rawValue.dropFirst(9)) : rawValue }
}
