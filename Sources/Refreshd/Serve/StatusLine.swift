// The one line that `systemctl status` shows: how all stands, what is left of the budget, what comes next.

import RefreshEngine
import RefreshPolicy
import TokenAPI

extension EngineStatus {
    /// Such as `12 fresh, 1 needs login; cloud.example 4/10, resets 14:00:00Z; next look in 3 min`.
    package var line: String {
        var parts: [String] = []
        // The order of the words' declaration: from well to over.
        let stands = Standing.allCases.compactMap { standing -> String? in
            let count = counts.filter { $0.standing == standing }.map(\.count).reduce(0, +)
            return count == 0 || standing == .ended ? nil : "\(count) \(standing.rawValue)"
        }
        parts.append(stands.isEmpty ? "no sessions yet" : stands.joined(separator: ", "))
        for host in hosts where host.metering == .metered {
            parts.append("\(host.name) \(host.remaining)/\(host.limit), resets \(Self.timeOfDay(host.resetAt))")
        }
        if let nextWakeAt { parts.append("next look in \(Self.rough(nextWakeAt - now))") }
        return parts.joined(separator: "; ")
    }

    private static func timeOfDay(_ time: WallTime) -> String {
        String(WireTime(time).iso.dropFirst(11).prefix(8)) + "Z"
    }

    private static func rough(_ duration: Duration) -> String {
        let seconds = max(0, duration.wholeMilliseconds / 1000)
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        default: "\(seconds / 3600) h"
        }
    }
}
