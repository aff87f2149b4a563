// What was sealed or opened lately. A row that is refreshed is read and written several times within a second, and most
// of these change none of its secrets. A sealed value stands for the same secret for good, so nothing in here can be
// wrong; what is sealed by a former key is just of no use for writing any more.

import Foundation
import RefreshPolicy
import Synchronization

final class SealMemory: Sendable {
    private struct Pair {
        let sealed: Data
        let secret: Secret
    }

    private struct Place: Hashable {
        let session: SessionKey
        let column: SealedColumn
    }

    /// What was noted or asked for last, and before that: the older half is forgotten as a whole.
    private struct Halves {
        var young: [Place: Pair] = [:]
        var old: [Place: Pair] = [:]

        mutating func pair(of place: Place) -> Pair? {
            if let pair = young[place] { return pair }
            guard let pair = old[place] else { return nil }
            note(pair, of: place)
            return pair
        }

        mutating func note(_ pair: Pair, of place: Place) {
            if young.count >= SealMemory.half {
                old = young
                young = [:]
            }
            young[place] = pair
        }

        mutating func forget(_ place: Place) {
            young[place] = nil
            old[place] = nil
        }
    }

    /// Twice as many values are kept at most: a few MB, with tokens as long as they come.
    private static let half = 1024

    private let halves = Mutex(Halves())

    /// The secret that `sealed` was seen to hold.
    func secret(in sealed: Data, of session: SessionKey, _ column: SealedColumn) -> Secret? {
        let pair = halves.withLock { $0.pair(of: Place(session: session, column: column)) }
        return pair.flatMap { $0.sealed == sealed ? $0.secret : nil }
    }

    /// The value that was seen to hold `secret`.
    func sealed(_ secret: Secret, of session: SessionKey, _ column: SealedColumn) -> Data? {
        let pair = halves.withLock { $0.pair(of: Place(session: session, column: column)) }
        return pair.flatMap { $0.secret == secret ? $0.sealed : nil }
    }

    func note(_ secret: Secret, sealedAs sealed: Data, of session: SessionKey, _ column: SealedColumn) {
        halves.withLock {
            $0.note(Pair(sealed: sealed, secret: secret), of: Place(session: session, column: column))
        }
    }

    func forget(_ session: SessionKey) {
        halves.withLock { halves in
            for column in SealedColumn.allCases { halves.forget(Place(session: session, column: column)) }
        }
    }
}
