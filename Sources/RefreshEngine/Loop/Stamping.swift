// The times of an answer by the loop's clock. An answer is stamped as it comes, and may be taken in after the clock was
// stepped: by then all that is stored has moved along, and the answer must have too (law 9).

import RefreshPolicy

extension Input {
    /// The input with the times of its answer as they are now, given that it came at this steady time.
    func stamped(cameAt: Duration, by clock: SteadyWallClock) -> Input {
        let receivedAt = clock.now() - (clock.steady() - cameAt)
        func moved(_ headers: AnswerHeaders) -> AnswerHeaders {
            var moved = headers
            moved.sentAt = receivedAt - (headers.receivedAt - headers.sentAt)
            moved.receivedAt = receivedAt
            return moved
        }
        switch self {
        case .looked(let attempt, let key, let user, let look, let headers):
            return .looked(attempt, key, user, look, headers.map(moved))
        case .answered(let attempt, let key, let answer, let headers):
            return .answered(attempt, key, answer, headers.map(moved))
        case .listed(let project, let user, let facts, let headers):
            return .listed(project, user, facts, headers.map(moved))
        case .registered(let project, let secret, let facts, let headers):
            return .registered(project, secret, facts, moved(headers))
        case .heard(let project, let headers): return .heard(project, moved(headers))
        case .read, .readerLeft, .searched, .removed, .forgotten, .reloaded, .noted, .stopping: return self
        }
    }
}
