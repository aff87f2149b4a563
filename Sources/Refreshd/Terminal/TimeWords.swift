// Times as people read them.

import RefreshPolicy
import TokenAPI

enum TimeWords {
    /// `2026-11-24 02:03:04 UTC`.
    static func moment(_ time: WireTime) -> String {
        let iso = time.iso
        return "\(iso.prefix(10)) \(iso.dropFirst(11).prefix(8)) UTC"
    }

    /// `02:03:04Z`, of a moment that is less than a day away.
    static func timeOfDay(_ time: WallTime) -> String {
        String(WireTime(time).iso.dropFirst(11).prefix(8)) + "Z"
    }

    /// With one unit, rounded down: `45s`, `42m`, `3h`, `12d`.
    static func short(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(max(0, seconds))s"
        case ..<3600: "\(seconds / 60)m"
        case ..<(48 * 3600): "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }

    static func short(_ time: WallTime, since earlier: WallTime) -> String {
        short(Int((time - earlier).wholeMilliseconds / 1000))
    }
}
