// Who waits: readers, and sessions that were removed while a PATCH of theirs was under way. Both are bounded.

/// PATCHes that may be at work still though their row does not say so: it was removed, and should the session come again
/// meanwhile, it is in doubt; or its session changed, which ended the doubt, and would end the next one too (law 4).
/// Bounded by what is removed or lost within `doubtFor`.
struct OrphanedAttempts: Sendable {
    private var all: [(key: SessionKey, sent: SentAttempt)] = []

    mutating func note(_ sent: SentAttempt, of key: SessionKey) {
        all.append((key, sent))
    }

    func has(_ key: SessionKey) -> Bool { all.contains { $0.key == key } }

    /// The attempt that a session come again carries, if there is one.
    mutating func claim(_ key: SessionKey) -> SentAttempt? {
        guard let index = all.firstIndex(where: { $0.key == key }) else { return nil }
        return all.remove(at: index).sent
    }

    /// The PATCH was answered.
    mutating func settle(_ attempt: AttemptID) {
        all.removeAll { $0.sent.id == attempt }
    }

    mutating func forget(sentBefore time: WallTime) {
        if !all.isEmpty { all.removeAll { $0.sent.sentAt <= time } }
    }

    mutating func stepped(by step: Duration) {
        for index in all.indices {
            let sent = all[index].sent
            all[index].sent = SentAttempt(id: sent.id, sentAt: sent.sentAt + step)
        }
    }
}

/// Readers that wait for a session, bounded in all.
struct WaitingReaders: Sendable {
    private var bySession: [SessionKey: [ReaderID]] = [:]
    private var count = 0
    /// Enough for every worker of a busy host; a reader beyond it is answered at once with what there is.
    private static let most = 10_000

    mutating func join(_ reader: ReaderID, of key: SessionKey) -> Bool {
        guard count < Self.most else { return false }
        bySession[key, default: []].append(reader)
        count += 1
        return true
    }

    mutating func leave(_ reader: ReaderID, of key: SessionKey) {
        guard var waiting = bySession[key], let index = waiting.firstIndex(of: reader) else { return }
        waiting.remove(at: index)
        bySession[key] = waiting.isEmpty ? nil : waiting
        count -= 1
    }

    func waits(for key: SessionKey) -> Bool { bySession[key] != nil }

    /// The sessions that are waited for, in the order of their keys.
    var sessions: [SessionKey] { bySession.keys.sorted() }

    /// All readers of a session, who wait no more.
    mutating func dismiss(_ key: SessionKey) -> [ReaderID] {
        let waiting = bySession.removeValue(forKey: key) ?? []
        count -= waiting.count
        return waiting
    }
}
