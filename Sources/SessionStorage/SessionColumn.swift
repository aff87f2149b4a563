// The columns of a session in one order, and what of a row goes into each. Both directions are exhaustive: a column
// that is added must be filled and, where it holds a time, moved when the clock was stepped.

import Foundation
import GRDB
import RefreshPolicy

/// Cases bear the columns' own names.
enum SessionColumn: Int, CaseIterable {
    case project, session_id, user_id, provider, provider_uid, source, keep
    case sealed_secret
    case sealed_token, issued_at, expires_at
    case sealed_next, next_issued_at, next_expires_at
    case has_refresh_token, session_expires_at, created_at, found_at, looked_at
    case verdict, failures, since_at, retry_at
    case is_elected, attempt, sent_at
    case standing, reason, oauth_error, wake_at, want

    var name: String { String(describing: self) }

    /// Whether it holds a time of ours, or nothing.
    var isTime: Bool {
        switch self {
        case .issued_at, .expires_at, .next_issued_at, .next_expires_at, .session_expires_at, .created_at, .found_at,
            .looked_at, .since_at, .retry_at, .sent_at, .wake_at, .want:
            true
        case .project, .session_id, .user_id, .provider, .provider_uid, .source, .keep, .sealed_secret, .sealed_token,
            .sealed_next, .has_refresh_token, .verdict, .failures, .is_elected, .attempt, .standing, .reason,
            .oauth_error:
            false
        }
    }
}

/// A verdict without its numbers and times, which have columns of their own.
enum VerdictWord: String {
    case sound
    case failing
    case suspected
    case needsLogin = "needs login"
    case ended

    init(_ verdict: Verdict) {
        switch verdict {
        case .sound: self = .sound
        case .failing: self = .failing
        case .suspected: self = .suspected
        case .needsLogin: self = .needsLogin
        case .ended: self = .ended
        }
    }
}

extension SessionRow {
    /// The values of all columns, in their order.
    func columnValues(sealedBy sealer: Sealer) throws -> [DatabaseValue] {
        let seal = sealer.seal(of: key)
        return try SessionColumn.allCases.map { try value(of: $0, sealedBy: seal) }
    }

    private func value(of column: SessionColumn, sealedBy seal: SessionSeal) throws -> DatabaseValue {
        switch column {
        case .project: key.project.rawValue.databaseValue
        case .session_id: key.session.rawValue.databaseValue
        case .user_id: user.rawValue.databaseValue
        case .provider: provider.rawValue.databaseValue
        case .provider_uid: providerUID.foreignBytes
        case .source: source.rawValue.databaseValue
        case .keep: keep.rawValue.databaseValue
        case .sealed_secret: try secret.map { try seal.seal($0, as: .secret) }.databaseValue
        case .sealed_token: try token.map { try seal.seal($0.value, as: .token) }.databaseValue
        case .issued_at: (token?.issuedAt).databaseValue
        case .expires_at: (token?.expiresAt).databaseValue
        case .sealed_next: try next.map { try seal.seal($0.value, as: .next) }.databaseValue
        case .next_issued_at: (next?.issuedAt).databaseValue
        case .next_expires_at: (next?.expiresAt).databaseValue
        case .has_refresh_token: hasRefreshToken.databaseValue
        case .session_expires_at: sessionExpiresAt.milliseconds.databaseValue
        case .created_at: createdAt.milliseconds.databaseValue
        case .found_at: foundAt.milliseconds.databaseValue
        case .looked_at: lookedAt.milliseconds.databaseValue
        case .verdict: VerdictWord(verdict).rawValue.databaseValue
        case .failures: verdict.failures.databaseValue
        case .since_at: verdict.since.databaseValue
        case .retry_at: verdict.nextAt.databaseValue
        case .is_elected: isElected.databaseValue
        case .attempt: (attempt?.id.number).databaseValue
        case .sent_at: (attempt?.sentAt).databaseValue
        case .standing: standing.rawValue.databaseValue
        case .reason: reason.code.rawValue.databaseValue
        case .oauth_error: (reason.oauthError?.rawValue).databaseValue
        case .wake_at: wakeAt.databaseValue
        case .want: want.databaseValue
        }
    }
}

extension Verdict {
    fileprivate var failures: Int? {
        switch self {
        case .failing(let failures, _): failures
        case .sound, .suspected, .needsLogin, .ended: nil
        }
    }

    fileprivate var since: WallTime? {
        switch self {
        case .suspected(let since, _), .needsLogin(let since, _): since
        case .ended(let time): time
        case .sound, .failing: nil
        }
    }

    fileprivate var nextAt: WallTime? {
        switch self {
        case .failing(_, let time), .suspected(_, let time), .needsLogin(_, let time): time
        case .sound, .ended: nil
        }
    }
}

extension Optional where Wrapped: DatabaseValueConvertible {
    fileprivate var databaseValue: DatabaseValue { self?.databaseValue ?? .null }
}

extension WallTime? {
    var databaseValue: DatabaseValue { self?.milliseconds.databaseValue ?? .null }
}

extension String {
    /// A foreign string as the bytes it came as: SQLite's text would end at a zero byte, and two users of a provider
    /// could become one.
    var foreignBytes: DatabaseValue { Data(utf8).databaseValue }
}
