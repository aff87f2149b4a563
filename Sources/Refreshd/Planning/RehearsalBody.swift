// What came of settings that were tried out, as programs read it.

import RefreshPolicy
import RefreshSimulation

/// What `refreshd simulate --json` writes.
struct RehearsalBody: Encodable {
    /// Absent where calls are not counted.
    let availablePerHour: Int?
    let hours: [Hour]
    let sessions: [Session]

    struct Hour: Encodable {
        /// From the begin on, which is a midnight.
        let hour: Int
        let calls: Int
        let needed: Int
        let reads: Int
        let found: Int
        let waited: Int
        let missed: Int
    }

    struct Session: Encodable {
        let user: String
        let calls: Int
        let reads: Int
        let found: Int
        let waited: Int
        let missed: Int
    }

    init(_ rehearsal: Rehearsal) {
        availablePerHour = rehearsal.available
        hours = rehearsal.hours.enumerated().map { index, hour in
            Hour(
                hour: index, calls: hour.calls, needed: hour.needed, reads: hour.tally.reads, found: hour.tally.found,
                waited: hour.tally.waited, missed: hour.tally.missed)
        }
        sessions = rehearsal.sessions.map { session in
            Session(
                user: "u\(session.number)", calls: session.calls, reads: session.tally.reads,
                found: session.tally.found, waited: session.tally.waited, missed: session.tally.missed)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case availablePerHour = "available_per_hour"
        case hours
        case sessions
    }
}
