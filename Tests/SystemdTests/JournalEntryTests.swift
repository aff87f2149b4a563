// The grammar of field names, and the arena that libsystemd's vectors point into.
import Testing

@testable import Systemd

@Suite("A journal entry")
struct JournalEntryTests {
    @Test(
        "takes the field names journald takes",
        arguments: ["A", "MESSAGE_ID", "REFRESHD_SESSION", "X2", String(repeating: "N", count: 64)])
    func accepted(name: String) throws {
        #expect(try JournalField(name, "value").name == name)
    }

    @Test(
        "refuses the field names journald would silently drop",
        arguments: ["", "session", "_PID", "2ND", "A-B", "A B", "A=B", "A\nB", "É", String(repeating: "N", count: 65)])
    func refused(name: String) {
        #expect(throws: JournalFieldError(name: name)) { try JournalField(name, "value") }
    }

    @Test(
        "makes a field name of a key in another spelling",
        arguments: [
            ("session-id", "SESSION_ID"), ("provider", "PROVIDER"), ("http.status", "HTTP_STATUS"), ("", "X_"),
            ("_private", "X__PRIVATE"), ("2nd", "X_2ND"), ("é", "X___"),
            (String(repeating: "n", count: 90), String(repeating: "N", count: 62)),
            (String(repeating: "9", count: 90), "X_" + String(repeating: "9", count: 62)),
        ])
    func folded(key: String, name: String) throws {
        #expect(JournalField(key: key, "value").name == name)
        #expect(try JournalField(name, "value").name == name)
    }

    @Test("lays its fields one behind the other, and keeps line breaks, “=” and NUL inside a value")
    func arena() throws {
        let entry = JournalEntry(
            .warning, "two\nlines", fields: [try JournalField("GRANT", "a=b\0c"), JournalField(key: "empty", "")])

        let record = JournalRecord(entry)

        #expect(String(decoding: record.arena, as: UTF8.self) == "PRIORITY=4MESSAGE=two\nlinesGRANT=a=b\0cEMPTY=")
        #expect(record.ends == [10, 27, 38, 44])
    }

    @Test("is a record libsystemd accepts")
    func sent() {
        // Its own check of the vectors comes before it looks for journald, so this holds without one, too.
        let record = JournalRecord(JournalEntry(.debug, "refreshd's tests\nwrote this", fields: []))

        #expect(sendToJournal(record))
        #expect(!sendToJournal(JournalRecord(arena: Array("=nameless".utf8), ends: [9])))
    }

    @Test("cuts fields beyond what one message to the kernel holds")
    func fieldLimit() {
        let many = (0..<500).map { JournalField(key: "n\($0)", "value") }

        let entry = JournalEntry(.informational, "many", fields: many)

        #expect(entry.fields.count == JournalEntry.fieldLimit)
        #expect(sendToJournal(JournalRecord(entry)))
    }
}
