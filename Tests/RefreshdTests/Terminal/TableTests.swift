// Tables on terminals of all widths, and foreign text in them.

import Refreshd
import Testing
import Vocabulary

@Suite("Tables and foreign text") struct TableTests {
    private let columns = [Table.Column("NAME", least: 4), Table.Column("KIND"), Table.Column("WORDS", least: 6)]
    private let rows = [["a", "first", "some words that are long"], ["a long name", "second", ""]]

    @Test("Without a terminal nothing is cut, and no line ends in spaces")
    func uncut() {
        #expect(
            Table(columns, rows: rows).text(on: nil) == """
                NAME         KIND    WORDS
                a            first   some words that are long
                a long name  second  -

                """)
    }

    @Test("On a terminal the widest column gives first, and none below its least")
    func fitted() {
        let table = Table(columns, rows: rows)

        #expect(
            table.text(on: Screen(columns: 36)) == """
                NAME         KIND    WORDS
                a            first   some words tha…
                a long name  second  -

                """)
        #expect(
            table.text(on: Screen(columns: 10)) == """
                NAME  KIND    WORDS
                a     first   some …
                a l…  second  -

                """)
    }

    @Test("A table without rows has its heading, or nothing")
    func empty() {
        #expect(Table(columns, rows: []).text(on: Screen(columns: 80)) == "NAME  KIND  WORDS\n")
        #expect(Table(columns, rows: []).text(on: Screen(columns: 80), heading: .left) == "")
    }

    @Test(
        "Whatever a terminal would obey is written out",
        arguments: [
            ("plain äöü 漢字", "plain äöü 漢字"), ("a\nb\tc", "a\\u{a}b\\u{9}c"), ("\u{1B}[2J", "\\u{1b}[2J"),
            ("\u{202E}abc", "\\u{202e}abc"), ("\u{2028}\u{85}\u{7F}\u{9B}", "\\u{2028}\\u{85}\\u{7f}\\u{9b}"),
            (String(repeating: "x", count: 21), String(repeating: "x", count: 20) + "…"),
        ])
    func escaped(text: String, shown: String) {
        #expect(text.shown(limit: 20) == shown)
    }
}
