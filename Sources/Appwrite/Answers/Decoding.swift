// From a raw answer to what was asked for. An answer is understood whole or not at all: a listing with one unreadable
// session is not understood, for a session left out of it would be taken for ended.

import Foundation
import RefreshEngine
import RefreshPolicy

extension RawAnswer {
    /// A session, read or refreshed. Whose it is, and whether its token is worth anything, the policy judges.
    func session(asked question: Question) throws(CallFailure) -> SessionFacts {
        try understood(as: WireSession.self, status: 200, asked: question).facts()
    }

    /// All sessions of a user. That a session is not among them is proof of its end, so the list must be whole
    /// (`total`) and the user's own.
    func sessions(of user: UserID) throws(CallFailure) -> [SessionFacts] {
        let list = try understood(as: WireSessionList.self, status: 200, asked: .listSessions)
        guard list.sessions.count >= list.total else { throw .silent(.notUnderstood) }
        var sessions: [SessionFacts] = []
        for session in list.sessions {
            let facts = try session.facts()
            guard facts.user == user else { throw .silent(.notUnderstood) }
            sessions.append(facts)
        }
        return sessions
    }

    /// A page of identities, of which only users and times are read: their tokens go stale. With the start of the next
    /// page, nil on the last.
    func identities(
        from start: IdentityCursor, pageSize: Int
    ) throws(CallFailure) -> (entries: [IdentityPage.Entry], next: IdentityCursor?) {
        let list = try understood(as: WireIdentityList.self, status: 200, asked: .listIdentities)
        var entries: [IdentityPage.Entry] = []
        for identity in list.identities {
            guard let user = UserID(identity.userId), let updatedAt = ServerTime(iso8601: identity.updatedAt)
            else { throw .silent(.notUnderstood) }
            entries.append(IdentityPage.Entry(user: user, updatedAt: updatedAt))
        }
        guard entries.count >= pageSize, let last = list.identities.last, let lastEntry = entries.last
        else { return (entries, start.afterRest) }
        return (entries, start.afterFull(endingWith: last.id, writtenAt: lastEntry.updatedAt))
    }

    func users(pageSize: Int) throws(CallFailure) -> UserPage {
        let list = try understood(as: WireUserList.self, status: 200, asked: .listUsers)
        var users: [UserID] = []
        for entry in list.users {
            guard let user = UserID(entry.id) else { throw .silent(.notUnderstood) }
            users.append(user)
        }
        return UserPage(users: users, next: users.count < pageSize ? nil : users.last?.rawValue)
    }

    /// The JWT minted for one session of one user, proven to be for these.
    ///
    /// For a session that the user has not, Appwrite mints one all the same, with an empty `sessionId`; and that one
    /// can PATCH any session of the user. So it is proof that the session is unknown, and must never be sent.
    func token(for session: SessionID, of user: UserID) throws(CallFailure) -> Secret {
        let minted = try understood(as: WireToken.self, status: 201, asked: .mintToken)
        guard let claims = TokenClaims(of: minted.jwt), claims.userId == user.rawValue
        else { throw .silent(.notUnderstood) }
        if claims.sessionId.isEmpty { throw .refused(.sessionUnknown) }
        guard claims.sessionId == session.rawValue, let token = Secret(minted.jwt)
        else { throw .silent(.notUnderstood) }
        return token
    }

    /// How a refresh ended whose answer came whole. One that is not understood may have been carried out all the same.
    var refreshed: SpendAnswer {
        do throws(CallFailure) {
            return .session(try session(asked: .refreshSession))
        } catch {
            switch error {
            case .refused(let refusal): return .refused(refusal)
            case .silent(let silence): return .lost(silence)
            }
        }
    }

    private func understood<Body: Decodable>(
        as type: Body.Type, status expected: Int, asked question: Question
    ) throws(CallFailure) -> Body {
        guard status == expected else { throw failure(asked: question) }
        do {
            return try WireFormat.decode(type, from: body)
        } catch {
            // What exactly was wrong would quote the body, and the body may hold tokens (law 7).
            throw .silent(.notUnderstood)
        }
    }
}
