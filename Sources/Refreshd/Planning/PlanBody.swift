// A forecast as programs read it.

import RefreshPolicy
import RefreshSimulation
import TokenAPI

/// What `refreshd plan --json` writes.
struct PlanBody: Encodable {
    let begin: WireTime
    let end: WireTime
    let hours: [Hour]
    let misses: [Miss]
    /// Every call, in order.
    let calls: [Call]

    struct Hour: Encodable {
        let host: String
        let begin: WireTime
        /// Calls that will be made, and that would keep everybody fresh.
        let calls: Int
        let needed: Int
        /// Absent where calls are not counted.
        let available: Int?
    }

    struct Miss: Encodable {
        let session: String
        let userID: String
        let provider: String
        let from: WireTime
        /// Seconds without a token, from then on, up to the forecast's end.
        let lasts: Int
        /// The words of `Forecast.Cause`.
        let cause: String

        private enum CodingKeys: String, CodingKey {
            case session
            case userID = "user_id"
            case provider, from, lasts, cause
        }
    }

    struct Call: Encodable {
        let at: WireTime
        let session: String
    }

    init(_ forecast: Forecast) {
        begin = WireTime(forecast.begin)
        end = WireTime(forecast.end)
        hours = forecast.hours.map {
            Hour(
                host: $0.host.rawValue, begin: WireTime($0.begin), calls: $0.calls, needed: $0.needed,
                available: $0.available)
        }
        misses = forecast.misses.map {
            Miss(
                session: $0.row.key.description, userID: $0.row.user.rawValue, provider: $0.row.provider.rawValue,
                from: WireTime($0.from), lasts: Int($0.lasts.wholeMilliseconds / 1000), cause: $0.cause.rawValue)
        }
        calls = forecast.calls.map { Call(at: WireTime($0.at), session: $0.key.description) }
    }
}
