// Until when a session is kept fresh: by what the row itself says, or by the first rule of the settings that fits it.

/// What a row says of itself.
package enum Keep: String, Hashable, CaseIterable, Sendable {
    /// While somebody reads it: until `stopAfter` has passed since the last read, or since it was found.
    case used
    /// As long as it lives.
    case always
}

/// What holds for a row.
package enum Keeping: Hashable, Sendable {
    case used
    case always
    /// In a span of each day, and no longer: declared need beats reads that were observed.
    case daily(DailySpan)
}

/// A time of day, by UTC, and how long from then on.
package struct DailySpan: Hashable, Sendable {
    /// After midnight.
    package let start: Duration
    package let length: Duration

    /// Nil unless the start is within a day, and the length longer than nothing and no longer than a day.
    package init?(start: Duration, length: Duration) {
        guard .zero <= start, start < .days(1), .zero < length, length <= .days(1) else { return nil }
        self.start = start
        self.length = length
    }

    /// The span that `now` lies in, or else the next one.
    package func occurrence(at now: WallTime) -> (start: WallTime, end: WallTime) {
        let day = Duration.days(1).wholeMilliseconds
        let sinceStart = now.milliseconds.subtractingClamped(start.wholeMilliseconds)
        let into = ((sinceStart % day) + day) % day
        let latest = now - .milliseconds(into)
        let begin = now < latest + length ? latest : latest + .days(1)
        return (begin, begin + length)
    }
}

/// A rule of the settings for the sessions whose user and provider fit; nil fits all.
package struct KeepRule: Hashable, Sendable {
    package let user: NamePattern?
    package let provider: NamePattern?
    package let keeping: Keeping

    package init(user: NamePattern?, provider: NamePattern?, keeping: Keeping) {
        self.user = user
        self.provider = provider
        self.keeping = keeping
    }

    func fits(_ row: SessionRow) -> Bool {
        (user?.fits(row.user.rawValue) ?? true) && (provider?.fits(row.provider.rawValue) ?? true)
    }
}

/// A name in which `*` stands for any characters, or none.
package struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    private let parts: [[UInt8]]

    package init(_ text: String) {
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// As it was written.
    package var description: String { parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "*") }

    package func fits(_ name: String) -> Bool {
        var rest = Array(name.utf8)[...]
        guard let first = parts.first, let last = parts.last, rest.starts(with: first) else { return false }
        guard parts.count > 1 else { return rest.count == first.count }
        rest = rest.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() {
            guard let place = Self.place(of: part, in: rest) else { return false }
            rest = rest[(place + part.count)...]
        }
        return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
    }

    private static func place(of part: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= part.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - part.count)).first { bytes[$0...].starts(with: part) }
    }
}
