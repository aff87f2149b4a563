// The one line that `systemctl status` shows: how all stands, what is wrong, what is left of the budget, what comes next.

import RefreshEngine
import RefreshPolicy
import TokenAPI

extension EngineStatus {
    /// Such as `12 fresh, 1 needs login; 1 condition: provider failing at main/google; cloud.example 4/10, resets
    /// 14:00:00Z; next look in 3 min`.
    package var line: String {
        var parts = storeFailure == nil ? [] : ["the store fails"]
        // The order of the words' declaration: from well to over.
        let stands = Standing.allCases.compactMap { standing -> String? in
            let count = counts.filter { $0.standing == standing }.map(\.count).reduce(0, +)
            return count == 0 || standing == .ended ? nil : "\(count) \(standing.rawValue)"
        }
        parts.append(stands.isEmpty ? "no sessions yet" : stands.joined(separator: ", "))
        if !conditions.isEmpty { parts.append(conditionWords) }
        for host in hosts where host.metering == .metered {
            parts.append("\(host.name) \(host.remaining)/\(host.limit), resets \(TimeWords.timeOfDay(host.resetAt))")
            if let shortage = host.shortage, let line = ShortageWords.line(of: ShortageBody(shortage)) {
                parts.append(line)
            }
        }
        if let nextWakeAt { parts.append("next look in \(Self.rough(nextWakeAt - now))") }
        return parts.joined(separator: "; ")
    }

    /// The line has room for a few.
    private static let mostNamed = 3

    private var conditionWords: String {
        let named = conditions.prefix(Self.mostNamed).map { "\($0.words) at \($0.scope)" }
        let rest = conditions.count - named.count
        return (conditions.count == 1 ? "1 condition: " : "\(conditions.count) conditions: ")
            + named.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
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
