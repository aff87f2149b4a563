// Moments and durations on the wire.

import Foundation
import RefreshPolicy
import Testing

@testable import TokenAPI

@Suite("Times on the wire")
struct WireTimeTests {
    @Test(
        "A moment is written as ISO 8601 in UTC with milliseconds, and read back",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_485_784_005, "2026-11-24T02:03:04.005Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func known(milliseconds: Int64, iso: String) {
        let time = WireTime(WallTime(milliseconds: milliseconds))
        #expect(time.iso == iso)
        #expect(WireTime(iso: iso) == time)
    }

    @Test("It agrees with Foundation on four centuries, and reads every day of them back")
    func everyDay() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let wrong = (Int64(-36_524)...109_573).first { day in
            // Half a second is exact in Foundation's binary fractions.
            let milliseconds = day * 86_400_000 + 43_200_500
            let time = WireTime(WallTime(milliseconds: milliseconds))
            let agrees =
                !day.isMultiple(of: 97)
                || time.iso == style.format(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
            return !agrees || WireTime(iso: time.iso) != time
        }
        #expect(wrong == nil)
    }

    @Test("A foreign time beyond four-digit years is written as the nearest end")
    func absurd() {
        #expect(WireTime(WallTime(milliseconds: .max / 2)).iso == "9999-12-31T23:59:59.999Z")
        #expect(WireTime(WallTime(milliseconds: .min / 2)).iso == "0000-01-01T00:00:00.000Z")
    }

    @Test(
        "Other forms and days that are none are not read",
        arguments: [
            "", "2026-11-24T02:03:04Z", "2026-11-24 02:03:04.005Z", "2026-11-24T02:03:04.005+00:00",
            "2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z",
            "2026-11-24T24:00:00.000Z", "2026-11-24T02:60:04.005Z", "2026-11-24T02:03:60.005Z",
            "２026-11-24T02:03:04.005Z",
        ])
    func refused(text: String) {
        #expect(WireTime(iso: text) == nil)
    }

    @Test("Seconds left are rounded down and never negative; seconds to wait are rounded up and never zero")
    func rounding() {
        #expect(WireTime(now + .milliseconds(1999)).seconds(from: now) == 1)
        #expect(WireTime(now - .milliseconds(1)).seconds(from: now) == 0)
        #expect(WireTime(now + .milliseconds(1001)).secondsToWait(from: now) == 2)
        #expect(WireTime(now + .milliseconds(1000)).secondsToWait(from: now) == 1)
        #expect(WireTime(now - .seconds(5)).secondsToWait(from: now) == 1)
    }
}
