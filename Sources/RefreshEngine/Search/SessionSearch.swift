// Finds the sessions of a project by itself: a poll for new logins, which a PATCH does not disturb, and a slow walk over
// all users for what the poll cannot see. It only reports; the loop decides and writes.

import RefreshPolicy

struct SessionSearch: Sendable {
    let rules: SearchRules
    let calls: any AppwriteCalls
    let inbox: Inbox
    let clock: any WallClock

    /// Users in a row that cannot be read before it is taken for the project's trouble rather than theirs (law 12).
    private static let patience = 3

    /// Runs until cancelled. `mark` is how far the last run came.
    func run(from mark: DiscoveryMark?) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await poll(from: mark?.identitiesUpTo) }
            group.addTask { await walk(lastEndedAt: mark?.walkedAt) }
        }
    }

    private func poll(from stored: ServerTime?) async {
        var newest = stored ?? ServerTime(milliseconds: 0)
        var listed = ListedLogins()
        while !Task.isCancelled {
            do throws(Interruption) {
                let failure = try await readLogins(upTo: &newest, &listed)
                // What fails as the search is ended is nobody's trouble.
                if Task.isCancelled { return }
                try await deliver(.searched(rules.project, failure))
            } catch {
                return
            }
            do { try await clock.sleep(for: rules.every) } catch { return }
        }
    }

    /// Lists the sessions of everybody who logged in since `newest`, and moves it page by page as far as this came: a
    /// failure half way does not begin a large project from the start again. Returns what went wrong, if anything did.
    private func readLogins(
        upTo newest: inout ServerTime, _ listed: inout ListedLogins
    ) async throws(Interruption) -> CallFailure? {
        let since = newest - rules.overlap
        var users = UserReading(patience: Self.patience)
        var cursor: String?
        repeat {
            let page: IdentityPage
            do throws(CallFailure) {
                page = try await calls.identities(of: rules.project, since: since, after: cursor)
            } catch {
                return error
            }
            try await deliver(.heard(rules.project, page.headers))
            for entry in page.entries where listed.wantsListing(entry) {
                users.note(try await list(entry.user))
                if users.isHopeless { return users.failure }
                if users.lastWasRead { listed.note(entry) }
            }
            let reached = page.reach(from: newest)
            if reached != newest {
                try await deliver(.noted(.discovery(rules.project, .identities(upTo: reached))))
                newest = reached
                listed.forget(before: newest - rules.overlap)
            }
            cursor = page.next
        } while cursor != nil
        return users.failure
    }

    private func walk(lastEndedAt: WallTime?) async {
        var cursor: String?
        var wait = lastEndedAt.map { max(.zero, min(rules.walkEvery, $0 + rules.walkEvery - clock.now())) } ?? .zero
        while true {
            do { try await clock.sleep(for: wait) } catch { return }
            do throws(Interruption) {
                // Of a failure the poll tells, which meets the same trouble.
                let isWhole = try await walkOn(from: &cursor)
                if isWhole { try await deliver(.noted(.discovery(rules.project, .walked(at: clock.now())))) }
                wait = isWhole ? rules.walkEvery : min(rules.walkEvery, rules.every)
            } catch {
                return
            }
        }
    }

    /// Goes on where the last try stumbled, or a walk through many users would hardly ever end. Whether it came to the end.
    private func walkOn(from cursor: inout String?) async throws(Interruption) -> Bool {
        var users = UserReading(patience: Self.patience)
        repeat {
            let page: UserPage
            do throws(CallFailure) {
                page = try await calls.users(of: rules.project, after: cursor)
            } catch .refused(.callRefused) {
                // A cursor is a user, who may be deleted meanwhile: then nothing tells where to go on.
                cursor = nil
                return false
            } catch {
                return false
            }
            for user in page.users {
                users.note(try await list(user))
                if users.isHopeless { return false }
            }
            cursor = page.next
        } while cursor != nil
        return true
    }

    /// Reads one user's sessions and waits until what they led to is on disk: so the search never runs ahead. Returns
    /// why they could not be read, where they could not.
    private func list(_ user: UserID) async throws(Interruption) -> CallFailure? {
        let sessions: [SessionFacts]?
        let headers: AnswerHeaders?
        do throws(CallFailure) {
            let listing = try await calls.sessions(of: user, in: rules.project)
            (sessions, headers) = (listing.sessions, listing.headers)
        } catch .refused(.userUnknown) {
            (sessions, headers) = (nil, nil)
        } catch {
            return error
        }
        try await deliver(.listed(rules.project, user, sessions, headers))
        return nil
    }

    private func deliver(_ input: Input) async throws(Interruption) {
        guard await inbox.deliver(input) else { throw Interruption() }
    }
}

/// The loop has ended, or the search was cancelled.
private struct Interruption: Error {}

/// How the reading of users goes. One who cannot be read is passed over, or they would hide all who come after them:
/// the poll asks for them again while they are in its overlap, and then the walk does.
private struct UserReading {
    let patience: Int
    private(set) var failure: CallFailure?
    private var failuresInARow = 0

    init(patience: Int) {
        self.patience = patience
    }

    var isHopeless: Bool { failuresInARow >= patience }
    var lastWasRead: Bool { failuresInARow == 0 }

    mutating func note(_ failure: CallFailure?) {
        self.failure = failure ?? self.failure
        failuresInARow = failure == nil ? 0 : failuresInARow + 1
    }
}

/// Which logins of the overlap were listed already: each twice, once at first sight and once more, since the first may
/// have come between the writing of the identity and of its session.
private struct ListedLogins {
    private var seen: [IdentityPage.Entry: Int] = [:]

    func wantsListing(_ entry: IdentityPage.Entry) -> Bool { seen[entry, default: 0] < 2 }

    mutating func note(_ entry: IdentityPage.Entry) { seen[entry, default: 0] += 1 }

    mutating func forget(before since: ServerTime) {
        seen = seen.filter { $0.key.updatedAt >= since }
    }
}

extension IdentityPage {
    /// How far logins are known with this page, where they were known up to `newest`: up to its last one, but not beyond the
    /// time that the server answered at. A login dated by a clock that ran ahead would hide all that come after it.
    fileprivate func reach(from newest: ServerTime) -> ServerTime {
        let last = entries.map(\.updatedAt).reduce(newest, max)
        // It counts whole seconds.
        guard let date = headers.date else { return last }
        return min(last, ServerTime(milliseconds: date.milliseconds + 1000))
    }
}

extension ServerTime {
    fileprivate static func - (time: ServerTime, duration: Duration) -> ServerTime {
        ServerTime(milliseconds: max(0, time.milliseconds - duration.wholeMilliseconds))
    }
}
