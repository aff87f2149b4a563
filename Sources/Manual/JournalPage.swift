// refreshd-journal(7): the events of the log, their fields, and queries to take over.

import Refreshd

struct JournalPage {
    let date: String

    private static let queries: [(question: String, command: String)] = [
        ("What needs somebody, with what to do about it:", "journalctl -u refreshd -p warning -x"),
        ("What is going on:", "journalctl -u refreshd -f"),
        ("What became of a user:", "journalctl -u refreshd REFRESHD_USER_ID=6b04b0429598"),
        (
            "What became of one session:",
            "journalctl -u refreshd REFRESHD_PROJECT=main REFRESHD_SESSION_ID=6b05053d497305c5d1aa"
        ),
        (
            "Which users must log in again, since yesterday:",
            "journalctl -u refreshd -S yesterday REFRESHD_EVENT=needs-login -o cat "
                + "--output-fields=REFRESHD_USER_ID,REFRESHD_PROVIDER"
        ),
        (
            "Which refreshes of today brought no token:",
            "journalctl -u refreshd -S today REFRESHD_OUTCOME=failed REFRESHD_OUTCOME=refused REFRESHD_OUTCOME=unknown"
        ),
        (
            "When each condition began, changed and ended:",
            "journalctl -u refreshd REFRESHD_PHASE=began REFRESHD_PHASE=changed REFRESHD_PHASE=ended"
        ),
        (
            "The same of one condition:",
            "journalctl -u refreshd REFRESHD_CONDITION=\"provider failing\" REFRESHD_PROVIDER=google"
        ),
        ("Which conditions there were at all:", "journalctl -u refreshd -F REFRESHD_CONDITION"),
        (
            "How many calls were left after each refresh:",
            "journalctl -u refreshd REFRESHD_EVENT=session-renewed -o json "
                + "--output-fields=REFRESHD_BUDGET_REMAINING,REFRESHD_BUDGET_RESET_AT"
        ),
        (
            "Who else refreshes sessions of this refreshd:",
            "journalctl -u refreshd REFRESHD_EVENT=session-adopted REFRESHD_EVENT=calls-of-others"
        ),
        ("Whether entries are missing here:", "journalctl -u refreshd REFRESHD_EVENT=entries-lost"),
        (
            "For programs, the id of an event, which never changes:",
            "journalctl -u refreshd MESSAGE_ID=\(EventKind.session(.needsLogin).facts.id)"
        ),
    ]

    var page: ManualPage {
        var mdoc = Mdoc("refreshd-journal", section: 7, date: date)
        mdoc.section("NAME")
        mdoc.macro("Nm", "refreshd-journal")
        mdoc.macro("Nd", "the events that refreshd tells, and how to find them")
        addDescription(to: &mdoc)
        mdoc.section("QUERIES")
        mdoc.prose(
            "Any program may write any field into the journal: -u refreshd finds what refreshd itself wrote. Of several "
                + "values of one field, each will do; of several fields, all must hold.")
        for query in Self.queries {
            mdoc.raw(".Pp")
            mdoc.prose(query.question)
            mdoc.command([query.command])
        }
        addFields(to: &mdoc)
        mdoc.section("EVENTS")
        mdoc.raw(".Bl -tag -width indent")
        for kind in EventKind.allCases { add(kind.facts, to: &mdoc) }
        mdoc.raw(".El")
        mdoc.section("SEE ALSO")
        mdoc.raw(".Xr journalctl 1 ,\n.Xr refreshd 1 ,\n.Xr refreshd.yaml 5 ,\n.Xr systemd.journal-fields 7")
        return ManualPage(name: "refreshd-journal", section: 7, text: mdoc.text)
    }

    private func addDescription(to mdoc: inout Mdoc) {
        mdoc.section("DESCRIPTION")
        mdoc.prose(
            """
            Everything that refreshd itself has to tell is an event: one line for people, a priority, a MESSAGE_ID that \
            never changes for its kind, and fields to search by. The entries of the journal are explained, with what to do, by:
            """)
        mdoc.command(["journalctl -u refreshd -x"])
        mdoc.prose(
            """
            Priorities: error where somebody must act now; warning where somebody should look; notice for what is good to \
            know; info for each token. The setting log.level says from where on they are written.
            What is wrong with many sessions at once is one condition. It is told when it begins, when its cause changes \
            and when it ends, once each, and not of each session. An event of its cause is told with REFRESHD_PHASE began \
            or changed; condition-ended ends any.
            Where standard error does not lead to the journal, as in a container, each event is one line of JSON, an \
            object whose names are those of the fields in lower case, and beside them time (UTC), level, priority, message \
            and message_id. On a terminal it is a line of text. The setting log.format says otherwise. Such as:
            """)
        mdoc.command(["docker logs NAME 2>&1 | jq -c 'select(.refreshd_event == \"needs-login\") | .refreshd_user_id'"])
        mdoc.prose(
            """
            No event holds a token, a key or a secret, and none holds the uid of an account at a provider, which may be an \
            e-mail address. Writing never waits: entries that the journal, or the reader of standard error, does not take \
            in time are counted and told as entries-lost.
            """)
    }

    private func addFields(to mdoc: inout Mdoc) {
        mdoc.section("FIELDS")
        mdoc.prose("Times are of UTC, such as 2026-11-24T02:03:04.005Z.")
        mdoc.raw(".Bl -tag -width indent")
        mdoc.raw(".It Ic MESSAGE_ID")
        mdoc.prose("The kind of the event: 128 bits in hexadecimal digits.")
        for field in EventField.allCases {
            mdoc.raw(".It Ic " + Mdoc.word(field.rawValue))
            mdoc.prose(field.meaning)
        }
        mdoc.raw(".El")
    }

    private func add(_ facts: EventFacts, to mdoc: inout Mdoc) {
        mdoc.raw(".It Ic " + Mdoc.word(facts.name))
        mdoc.prose("\(facts.subject) (\(facts.priorityName)).")
        mdoc.literal("MESSAGE_ID=\(facts.id)")
        for text in facts.texts(\.shortName) {
            for line in text.split(separator: "\n") {
                if line.hasPrefix("    ") { mdoc.literal(String(line.dropFirst(4))) } else { mdoc.prose(String(line)) }
            }
        }
        if let fields = Self.words(for: facts) { mdoc.prose(fields) }
    }

    private static func words(for facts: EventFacts) -> String? {
        let always = facts.always.map(\.shortName).joined(separator: ", ")
        let sometimes = facts.sometimes.map(\.shortName).joined(separator: ", ")
        switch (always.isEmpty, sometimes.isEmpty) {
        case (true, true): return nil
        case (false, true): return "Fields: \(always)."
        case (true, false): return "Fields, where known: \(sometimes)."
        case (false, false): return "Fields: \(always); where known, \(sometimes)."
        }
    }
}
