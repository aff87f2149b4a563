// Every time of ours in a row, moved as a step of this machine's clock moves it (law 9): so that no wait changes.

extension SessionRow {
    /// What belongs to the grant (`lastReadAt`, `heat`) moves with the grant.
    package func shifted(by step: Duration) -> SessionRow {
        var row = self
        row.token = token?.shifted(by: step)
        row.next = next?.shifted(by: step)
        row.sessionExpiresAt = sessionExpiresAt + step
        row.createdAt = createdAt + step
        row.foundAt = foundAt + step
        row.lookedAt = lookedAt + step
        row.verdict = verdict.shifted(by: step)
        row.attempt = attempt.map { SentAttempt(id: $0.id, sentAt: $0.sentAt + step) }
        row.wakeAt = wakeAt.map { $0 + step }
        row.want = want.map { $0 + step }
        row.claim = claim.map { Claim(priority: $0.priority.stepped(by: step), period: $0.period) }
        row.episodes = episodes.map { $0.shifted(by: step) }
        return row
    }

    /// The row and what it carries of its grant.
    package func shiftedWithGrant(by step: Duration) -> SessionRow {
        var row = shifted(by: step)
        row.lastReadAt = lastReadAt.map { $0 + step }
        row.heat = heat?.stepped(by: step)
        return row
    }
}

extension Token {
    fileprivate func shifted(by step: Duration) -> Token {
        Token(value: value, issuedAt: issuedAt + step, expiresAt: expiresAt.map { $0 + step })
    }
}

extension Verdict {
    fileprivate func shifted(by step: Duration) -> Verdict {
        switch self {
        case .sound: .sound
        case .failing(let failures, let retryAt): .failing(failures: failures, retryAt: retryAt + step)
        case .suspected(let since, let lookAt): .suspected(since: since + step, lookAt: lookAt + step)
        case .needsLogin(let since, let lookAt): .needsLogin(since: since + step, lookAt: lookAt + step)
        case .ended(let time): .ended(at: time + step)
        }
    }
}
