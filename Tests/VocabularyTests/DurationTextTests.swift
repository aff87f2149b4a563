// How durations are written, in the settings and on the command line.

import Testing
import Vocabulary

@Suite("Durations as text") struct DurationTextTests {
    @Test(
        "One number and one unit, both ways",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("30s", .seconds(30)), ("5m", .seconds(300)),
            ("1h", .seconds(3600)), ("30d", .seconds(2_592_000)), ("90m", .seconds(5400)), ("0s", .zero),
        ])
    func bothWays(text: String, duration: Duration) throws {
        #expect(try DurationText.parse(text) == duration)
        #expect(DurationText.text(duration) == text)
    }

    @Test("A part of a second is a whole one on the wire")
    func wholeSeconds() {
        #expect(DurationText.wholeSeconds(.milliseconds(1)) == 1)
        #expect(DurationText.wholeSeconds(.seconds(2)) == 2)
        #expect(DurationText.wholeSeconds(.zero) == 0)
    }

    @Test(
        "Everything else is refused",
        arguments: [
            ("", DurationText.Flaw.other), ("s", .other), ("-1s", .other), (".5h", .other), ("1 hand", .other),
            ("10", .noUnit(number: "10")), ("1h30m", .severalUnits), ("3651d", .tooLong), ("٣s", .other),
            ("99999999999999999999s", .tooLong), ("0 h", .other), ("9999999h", .tooLong),
        ])
    func refused(text: String, flaw: DurationText.Flaw) {
        #expect(throws: flaw) { try DurationText.parse(text) }
    }

    @Test(
        "What people write elsewhere is refused with what it is here",
        arguments: [
            ("1.5h", "90m"), ("1 h", "1h"), ("1H", "1h"), ("5min", "5m"), ("90 minutes", "90m"), ("2 weeks", "14d"),
            ("1y", "365d"), ("0.25 days", "6h"), ("1.0001s", "1s"),
        ])
    func otherwise(text: String, meant: String) {
        #expect(throws: DurationText.Flaw.otherwise(meant: meant)) { try DurationText.parse(text) }
    }
}
