// Instants in the forms that Appwrite writes: ISO with a zone, the odd form of a PATCH, and the `Date` header. All UTC.
package import AppwriteModel

package enum Timestamps {
    /// `2026-11-23T22:29:38.705+00:00`.
    package static func iso(_ instant: Milliseconds) -> String {
        let (date, time) = texts(instant)
        return "\(date)T\(time)+00:00"
    }

    /// `2026-11-23 22:29:38.705`: how a PATCH shows the dates it has just set.
    package static func justSet(_ instant: Milliseconds) -> String {
        let (date, time) = texts(instant)
        return "\(date) \(time)"
    }

    /// `Mon, 23 Nov 2026 21:29:38 GMT`.
    package static func httpDate(_ instant: Milliseconds) -> String {
        let parts = Parts(instant)
        return "\(weekdays[parts.weekday]), \(padded(parts.day, 2)) \(months[parts.month - 1]) \(parts.year) "
            + "\(padded(parts.hour, 2)):\(padded(parts.minute, 2)):\(padded(parts.second, 2)) GMT"
    }

    /// Reads both of the first two forms, with or without fraction and zone (`Z` or `±hh:mm`). Nil: it is neither.
    package static func instant(_ text: String) -> Milliseconds? {
        let form = /(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3})\d*)?(Z|[+-]\d{2}:\d{2})?/
        guard let match = text.wholeMatch(of: form), let year = Int(match.1), let month = Int(match.2),
            let day = Int(match.3), let hour = Int(match.4), let minute = Int(match.5), let second = Int(match.6)
        else { return nil }
        let fraction = (match.7.map(String.init) ?? "0").padding3()
        guard let millisecond = Int(fraction) else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset(match.8)
        return Milliseconds(seconds) * 1000 + Milliseconds(millisecond)
    }

    /// Reads the form of the `Date` header. Nil: it is not that.
    package static func instant(httpDate text: String) -> Milliseconds? {
        let form = /\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT/
        guard let match = text.wholeMatch(of: form), let month = months.firstIndex(of: String(match.2)),
            let day = Int(match.1), let year = Int(match.3), let hour = Int(match.4), let minute = Int(match.5),
            let second = Int(match.6)
        else { return nil }
        let days = daysSince1970(year: year, month: month + 1, day: day)
        return Milliseconds(days * 86_400 + hour * 3600 + minute * 60 + second) * 1000
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func offset(_ zone: Substring?) -> Int {
        guard let zone, zone != "Z", let hours = Int(zone.dropFirst().prefix(2)), let minutes = Int(zone.suffix(2))
        else { return 0 }
        return (zone.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func texts(_ instant: Milliseconds) -> (date: String, time: String) {
        let parts = Parts(instant)
        return (
            "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))",
            "\(padded(parts.hour, 2)):\(padded(parts.minute, 2)):\(padded(parts.second, 2))"
                + ".\(padded(parts.millisecond, 3))"
        )
    }
}

/// The civil calendar without Foundation's, by days counted from March (Howard Hinnant's algorithms).
private struct Parts {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    let millisecond: Int
    /// 0 is Sunday.
    let weekday: Int

    init(_ instant: Milliseconds) {
        let (days, ofDay) = floorDivide(Int(instant), by: 86_400_000)
        hour = ofDay / 3_600_000
        minute = ofDay / 60_000 % 60
        second = ofDay / 1000 % 60
        millisecond = ofDay % 1000
        weekday = floorDivide(days + 4, by: 7).remainder
        let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

private func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floorDivide(marchYear, by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func floorDivide(_ number: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

private func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}

extension String {
    fileprivate func padding3() -> String {
        self + String(repeating: "0", count: max(0, 3 - count))
    }
}
