// How durations are written, in the settings and on the command line.

import Refreshd
import Testing

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

    @Test(
        "Everything else is refused",
        arguments: [
            ("", DurationText.Flaw.other), ("s", .other), ("-1s", .other), ("1.5h", .other), ("1 h", .other),
            ("10", .noUnit(number: "10")), ("1h30m", .severalUnits), ("3651d", .tooLong), ("٣s", .other),
            ("99999999999999999999s", .tooLong), ("1H", .other),
        ])
    func refused(text: String, flaw: DurationText.Flaw) {
        #expect(throws: flaw) { try DurationText.parse(text) }
    }
}
