// The dates that Appwrite and HTTP write, read by a strict parser of our own: no locale, no calendar of the machine,
// and nothing absurd gets through.

import RefreshPolicy

extension ServerTime {
    /// Appwrite writes `2026-11-23T22:29:38.705+00:00`, and in a refreshed session `2026-11-23 22:29:38.705`, which
    /// is UTC too. Read are both, with any digits of a second or none, and with `Z`, an offset, or no zone.
    /// Nil for anything else, and outside the years 1970 to 9999.
    init?(iso8601 text: String) {
        var scanner = ByteScanner(text)
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2), scanner.skip("T") || scanner.skip(" "),
            let clock = scanner.clock()
        else { return nil }
        var milliseconds = 0
        if scanner.skip(".") {
            guard let fraction = scanner.fraction() else { return nil }
            milliseconds = fraction
        }
        guard let offset = scanner.zone(), scanner.isAtEnd,
            let days = Self.days(year: year, month: month, day: day)
        else { return nil }
        let time = (days * 86_400 + clock - offset) * 1000 + milliseconds
        guard time >= 0 else { return nil }
        self.init(milliseconds: Int64(time))
    }

    /// The `Date` header in the one form that may be sent (IMF-fixdate, RFC 9110, 5.6.7):
    /// `Mon, 23 Nov 2026 21:29:38 GMT`. The day of the week is not checked against the date.
    init?(httpDate text: String) {
        var scanner = ByteScanner(text)
        guard let weekday = scanner.letters(3), Self.weekdays.contains(weekday), scanner.skip(","), scanner.skip(" "),
            let day = scanner.number(digits: 2), scanner.skip(" "),
            let name = scanner.letters(3), let month = Self.months.firstIndex(of: name), scanner.skip(" "),
            let year = scanner.number(digits: 4), scanner.skip(" "),
            let clock = scanner.clock(), scanner.skip(" "),
            scanner.letters(3) == "GMT", scanner.isAtEnd,
            let days = Self.days(year: year, month: month + 1, day: day)
        else { return nil }
        self.init(milliseconds: Int64(days * 86_400 + clock) * 1000)
    }

    /// The form that Appwrite's queries take: `2026-11-23T22:29:38.705+00:00`.
    var iso8601: String {
        let time = Int(max(0, milliseconds))
        let (days, ofDay) = time.quotientAndRemainder(dividingBy: 86_400_000)
        let (year, month, day) = Self.date(days: days)
        let date = [year.padded(4), month.padded(2), day.padded(2)].joined(separator: "-")
        let clock = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60].map { $0.padded(2) }
        return "\(date)T\(clock.joined(separator: ":")).\((ofDay % 1000).padded(3))+00:00"
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Days since 1970-01-01 in the Gregorian calendar; nil where the calendar has no such day, or before 1970.
    /// Years are counted from March, so that the leap day comes last (Hinnant, "chrono-compatible low-level date
    /// algorithms").
    private static func days(year: Int, month: Int, day: Int) -> Int? {
        guard year >= 1970, (1...12).contains(month), (1...31).contains(day) else { return nil }
        let shifted = month > 2 ? year : year - 1
        let (era, yearOfEra) = shifted.quotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        guard date(days: days) == (year, month, day) else { return nil }
        return days
    }

    /// The other way.
    private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (era * 400 + yearOfEra + (month > 2 ? 0 : 1), month, day)
    }
}

/// Reads a date from its left, byte by byte.
private struct ByteScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// Whether this character comes next; then it is behind.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        let taken = rest.prefix(digits)
        guard taken.count == digits, taken.allSatisfy(Self.isDigit) else { return nil }
        rest.removeFirst(digits)
        return taken.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func letters(_ count: Int) -> String? {
        guard let taken = String(rest.prefix(count)), taken.utf8.count == count else { return nil }
        rest.removeFirst(count)
        return taken
    }

    /// `21:29:38`, in seconds of the day.
    mutating func clock() -> Int? {
        guard let hours = number(digits: 2), hours < 24, skip(":"),
            let minutes = number(digits: 2), minutes < 60, skip(":"),
            let seconds = number(digits: 2), seconds < 60
        else { return nil }
        return hours * 3600 + minutes * 60 + seconds
    }

    /// The digits after the point, in milliseconds; further digits are cut off.
    mutating func fraction() -> Int? {
        let digits = rest.prefix(while: Self.isDigit)
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        let three = digits.prefix(3).map { Int($0 - 0x30) } + [0, 0]
        return three[0] * 100 + three[1] * 10 + three[2]
    }

    /// `Z`, an offset such as `+02:00`, or nothing for UTC: in seconds.
    mutating func zone() -> Int? {
        if isAtEnd || skip("Z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), hours < 24, skip(":"), let minutes = number(digits: 2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension Int {
    fileprivate func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
