// What was told already, so that neither a flood nor a busy app fills the journal, and memory has its limits (law 11).

import NIOCore
import RefreshPolicy

/// Refusals, by user: one a minute is told, with how many there were since this user was last told of.
struct RefusalLedger: Sendable {
    static let window = TimeAmount.minutes(1)
    /// Users that are told of in a minute; more are not one's own apps.
    static let most = 256

    /// Of the minute that goes on. The first refusal after its end, of whichever user, begins the next.
    private var begin: NIODeadline?
    /// The refusals of this minute behind the one that was told.
    private var untold: [UInt32: Int] = [:]
    /// Those of the minute before, however long ago it was: for these users, all since they were last told of. Those of
    /// earlier minutes are dropped.
    private var before: [UInt32: Int] = [:]

    /// Notes one; gives how many more there were since this user was last told of, where it is to be told.
    mutating func note(user: UInt32, at now: NIODeadline) -> Int? {
        if begin.map({ now - $0 >= Self.window }) ?? true {
            begin = now
            before = untold
            untold = [:]
        }
        if let count = untold[user] {
            untold[user] = count + 1
            return nil
        }
        guard untold.count < Self.most else { return nil }
        untold[user] = 0
        return before[user] ?? 0
    }
}

/// Reads, by user and grant: one is told in each hour. The hours are the same for all, so that two that are told may be
/// minutes apart.
struct ReadLedger: Sendable {
    static let window = TimeAmount.hours(1)
    /// That are told in an hour. Each is remembered by eight bytes.
    static let most = 16_384

    enum Notice: Hashable, Sendable {
        case first
        case full
    }

    /// Of the hour that goes on. The first read after its end, of whatever grant, begins the next.
    private var begin: NIODeadline?
    /// By their hashes: that two are alike, and one of them untold, is less likely than that the disk fails.
    private var told: Set<Int> = []
    private var isFull = false

    /// Notes one; gives what is to be told of it.
    mutating func note(user: UInt32, grant: Grant, at now: NIODeadline) -> Notice? {
        if begin.map({ now - $0 >= Self.window }) ?? true {
            begin = now
            told.removeAll(keepingCapacity: true)
            isFull = false
        }
        var hasher = Hasher()
        hasher.combine(user)
        hasher.combine(grant)
        let hash = hasher.finalize()
        guard !told.contains(hash) else { return nil }
        guard told.count < Self.most else {
            defer { isFull = true }
            return isFull ? nil : .full
        }
        told.insert(hash)
        return .first
    }
}
