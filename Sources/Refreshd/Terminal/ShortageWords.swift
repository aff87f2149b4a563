// Whom a host's calls suffice for, in the one line that forecasts who goes without.

import TokenAPI

enum ShortageWords {
    /// As many grants as are counted (see `ShortageBody`).
    private static let most = 1000

    /// Such as `14 grants need 15.3 calls an hour, 8 available: 7 not kept; a dev key lifts the limit`; nil where calls
    /// suffice.
    static func line(of shortage: ShortageBody) -> String? {
        guard shortage.notKept > 0 else { return nil }
        let grants = shortage.kept + shortage.notKept
        let more = grants < most ? "" : " or more"
        let need = grants == 1 ? "grant needs" : "grants need"
        return """
            \(grants)\(more) \(need) \(number(shortage.neededPerHour)) calls an hour, \
            \(number(shortage.availablePerHour)) available: \(shortage.notKept)\(more) not kept; a dev key lifts the limit
            """
    }

    /// Such as `3 grants need 3.3 calls an hour, 10 available`, where calls suffice.
    static func plenty(of shortage: ShortageBody) -> String {
        let need = shortage.kept == 1 ? "grant needs" : "grants need"
        return "\(shortage.kept) \(need) \(number(shortage.neededPerHour)) calls an hour, "
            + "\(number(shortage.availablePerHour)) available"
    }

    /// With one decimal, where it is not zero.
    private static func number(_ value: Double) -> String {
        // What another version of the daemon says must not trap here.
        let tenths = Int((min(max(value, 0), 1e9) * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
