// Moments and durations as the wire writes them: the only place that converts them.

package import RefreshPolicy

/// A moment of UTC, coded as ISO 8601 with milliseconds: `2026-11-24T02:03:04.005Z`, always 24 characters.
package struct WireTime: Hashable, Sendable {
    package let time: WallTime

    package init(_ time: WallTime) {
        self.time = time
    }

    package init?(_ time: WallTime?) {
        guard let time else { return nil }
        self.init(time)
    }

    /// Whole seconds from `now` until this moment, rounded down, so that nobody is promised more than there is;
    /// zero when it has passed.
    package func seconds(from now: WallTime) -> Int {
        max(0, Int((time - now).wholeMilliseconds / 1000))
    }

    /// The same rounded up, for whoever comes back afterwards; at least one.
    package func secondsToWait(from now: WallTime) -> Int {
        max(1, Int(((time - now).wholeMilliseconds + 999) / 1000))
    }
}

extension WireTime: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = WireTime(iso: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a time of the form 2026-11-24T02:03:04.005Z")
        }
        self = time
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(iso)
    }
}

extension WireTime {
    /// The years that four digits hold: foreign times may be absurd and are written as the nearest end.
    private static let earliest: Int64 = -62_167_219_200_000
    private static let latest: Int64 = 253_402_300_799_999
    private static let day: Int64 = 86_400_000

    /// `2026-11-24T02:03:04.005Z`.
    package var iso: String {
        let moment = min(max(time.milliseconds, Self.earliest), Self.latest)
        let days = moment >= 0 ? moment / Self.day : (moment - Self.day + 1) / Self.day
        let (year, month, date) = Self.civil(daysSince1970: days)
        let rest = moment - days * Self.day
        return String(unsafeUninitializedCapacity: 24) { bytes in
            var position = 0
            func put(_ number: Int64, digits: Int, then mark: Unicode.Scalar) {
                var left = number
                for offset in stride(from: digits - 1, through: 0, by: -1) {
                    bytes[position + offset] = UInt8(0x30 + left % 10)
                    left /= 10
                }
                bytes[position + digits] = UInt8(ascii: mark)
                position += digits + 1
            }
            put(year, digits: 4, then: "-")
            put(month, digits: 2, then: "-")
            put(date, digits: 2, then: "T")
            put(rest / 3_600_000, digits: 2, then: ":")
            put(rest / 60_000 % 60, digits: 2, then: ":")
            put(rest / 1000 % 60, digits: 2, then: ".")
            put(rest % 1000, digits: 3, then: "Z")
            return position
        }
    }

    /// Reads the form that `iso` writes and no other.
    package init?(iso: String) {
        let bytes = Array(iso.utf8)
        let form = Array("dddd-dd-ddTdd:dd:dd.dddZ".utf8)
        guard bytes.count == form.count,
            zip(bytes, form).allSatisfy({ $1 == UInt8(ascii: "d") ? (0x30...0x39).contains($0) : $0 == $1 })
        else { return nil }
        func number(_ range: Range<Int>) -> Int64 { bytes[range].reduce(0) { $0 * 10 + Int64($1) - 0x30 } }
        let (year, month, date) = (number(0..<4), number(5..<7), number(8..<10))
        let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
        guard (1...12).contains(month), (1...31).contains(date), hour < 24, minute < 60, second < 60 else { return nil }
        let days = Self.daysSince1970(year: year, month: month, date: date)
        guard Self.civil(daysSince1970: days) == (year, month, date) else { return nil }
        let milliseconds = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + number(20..<23)
        self.init(WallTime(milliseconds: milliseconds))
    }

    // Both ways after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the
    // leap day is the last, and repeat every 400 years of 146,097 days. 719,468 days lie between 0000-03-01 and 1970.

    private static func civil(daysSince1970: Int64) -> (year: Int64, month: Int64, date: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }

    private static func daysSince1970(year: Int64, month: Int64, date: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
