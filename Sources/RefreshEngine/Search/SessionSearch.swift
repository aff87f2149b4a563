// Finds the sessions of a project by itself: a poll for new logins, which a PATCH does not disturb, and a slow walk over
// all users for what the poll cannot see. It only reports; the loop decides and writes.

import RefreshPolicy

struct SessionSearch: Sendable {
    let rules: SearchRules
    let calls: any AppwriteCalls
    let inbox: Inbox
    let journal: any Journal
    let clock: any WallClock

    /// Runs until cancelled. `mark` is how far the last run came.
    func run(from mark: DiscoveryMark?) async {
        let walkedAt = mark?.walkedAt
        await withDiscardingTaskGroup { group in
            group.addTask { await poll(from: mark?.identitiesUpTo) }
            group.addTask { await walk(lastEndedAt: walkedAt) }
        }
    }

    private func poll(from stored: ServerTime?) async {
        var newest = stored ?? ServerTime(milliseconds: 0)
        var listed = ListedLogins()
        var hasFailed = false
        while !Task.isCancelled {
            do throws(CallFailure) {
                newest = max(newest, try await readLogins(since: newest, &listed))
                if hasFailed { journal.tell(.searchRecovered(rules.project)) }
                hasFailed = false
            } catch {
                if !hasFailed && !Task.isCancelled { journal.tell(.searchFailed(rules.project, Reason(error))) }
                hasFailed = true
            }
            do { try await clock.sleep(for: rules.every) } catch { return }
        }
    }

    /// Lists the sessions of everybody who logged in since, and returns how far it came.
    private func readLogins(
        since newest: ServerTime, _ listed: inout ListedLogins
    ) async throws(CallFailure) -> ServerTime {
        let since = ServerTime(milliseconds: max(0, newest.milliseconds - rules.overlap.wholeMilliseconds))
        var reached = newest
        var cursor: String?
        listed.forget(before: since)
        repeat {
            let page = try await calls.identities(of: rules.project, since: since, after: cursor)
            for entry in page.entries where listed.wantsListing(entry) {
                try await list(entry.user)
                listed.note(entry)
            }
            reached = page.entries.map(\.updatedAt).reduce(reached, max)
            cursor = page.next
        } while cursor != nil
        if reached > newest { await inbox.deliver(.noted(.discovery(rules.project, .identities(upTo: reached)))) }
        return reached
    }

    private func walk(lastEndedAt: WallTime?) async {
        var wait = lastEndedAt.map { max(.zero, min(rules.walkEvery, $0 + rules.walkEvery - clock.now())) } ?? .zero
        while !Task.isCancelled {
            do { try await clock.sleep(for: wait) } catch { return }
            do throws(CallFailure) {
                try await walkOnce()
                await inbox.deliver(.noted(.discovery(rules.project, .walked(at: clock.now()))))
                wait = rules.walkEvery
            } catch {
                // The poll meets the same trouble and tells of it.
                wait = min(rules.walkEvery, rules.every)
            }
        }
    }

    private func walkOnce() async throws(CallFailure) {
        var cursor: String?
        repeat {
            let page = try await calls.users(of: rules.project, after: cursor)
            for user in page.users { try await list(user) }
            cursor = page.next
        } while cursor != nil
    }

    /// Reads one user's sessions and waits until what they led to is on disk: so the search never runs ahead.
    private func list(_ user: UserID) async throws(CallFailure) {
        do throws(CallFailure) {
            let listing = try await calls.sessions(of: user, in: rules.project)
            await inbox.deliver(.listed(rules.project, user, listing.sessions, listing.headers))
        } catch .refused(.userUnknown) {
            await inbox.deliver(.listed(rules.project, user, nil, nil))
        }
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
