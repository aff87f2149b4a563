// Looks through a project's sessions, as discovery does, but no further than a check may take.

import Appwrite
import RefreshEngine
import RefreshPolicy

struct SessionCheck {
    let client: AppwriteClient
    let rules: ProjectRules
    let waits: Waits
    let clock: HostClock
    let now: WallTime

    /// Users that are looked at, and how many at once.
    static let most = 300
    private static let atOnce = 8

    /// With the rows that the daemon would keep of them.
    func run() async -> (findings: [Finding], rows: [SessionRow]) {
        var kinds = SessionKinds()
        var rows: [SessionRow] = []
        do throws(CallFailure) {
            var users: [UserID] = []
            var cursor: String?
            repeat {
                let page = try await client.users(of: rules.alias, after: cursor)
                users += page.users
                cursor = page.next
            } while cursor != nil && users.count <= Self.most
            kinds.isCut = users.count > Self.most
            var rest = users.prefix(Self.most)
            while !rest.isEmpty {
                for (user, facts) in try await sessions(of: rest.prefix(Self.atOnce)) {
                    rows += sort(facts, of: user, into: &kinds)
                }
                rest = rest.dropFirst(Self.atOnce)
            }
        } catch {
            let reason = "reading the sessions broke off: \(Self.words(error))"
            return ((kinds.users > 0 ? kinds.findings : []) + [.unseen(.sessions, reason, "try again")], rows)
        }
        return (kinds.findings, rows)
    }

    private func sessions(
        of users: ArraySlice<UserID>
    ) async throws(CallFailure) -> [(UserID, [SessionFacts])] {
        let answers = await withTaskGroup(of: (UserID, Result<[SessionFacts], CallFailure>).self) { group in
            for user in users {
                group.addTask { (user, await answer(of: user)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var sessions: [(UserID, [SessionFacts])] = []
        for (user, answer) in answers {
            // Removed a moment ago.
            if case .failure(.refused(.userUnknown)) = answer { continue }
            sessions.append((user, try answer.get()))
        }
        return sessions
    }

    /// Not in the closure that calls it: Swift 6.3's optimizer spoils a tuple that a task returns where one of its parts is
    /// awaited and may throw.
    private func answer(of user: UserID) async -> Result<[SessionFacts], CallFailure> {
        do throws(CallFailure) {
            return .success(try await client.sessions(of: user, in: rules.alias).sessions)
        } catch {
            return .failure(error)
        }
    }

    private func sort(_ facts: [SessionFacts], of user: UserID, into kinds: inout SessionKinds) -> [SessionRow] {
        kinds.countUser()
        let evidence = Evidence(clock: clock, sentAt: now, receivedAt: now)
        var rows: [SessionRow] = []
        for facts in facts {
            let row = evidence.row(
                for: facts, in: rules.alias, source: .apiKey, keep: .used, reason: Reason(.found))
            let kind = Refreshability(facts, as: row, at: now)
            kinds.count(kind, of: facts.provider)
            if kind != .ended && kind != .otherLogin { rows.append(row) }
        }
        return Election.held(among: rows, at: now, by: rules).map { $0.assessed(at: now, by: rules, waits: waits) }
    }

    private static func words(_ failure: CallFailure) -> String {
        switch failure {
        case .refused(.keyRefused): "the API key was refused"
        case .refused(.serviceDisabled): "the service Users is switched off in the project"
        case .refused(.rateLimited): "Appwrite, or a proxy before it, limits the calls"
        case .refused: "Appwrite refused the call"
        case .silent(.notUnderstood): "an answer was not understood"
        case .silent: "an answer did not come"
        }
    }
}
