// The columns of a session in one order, and what of a row goes into each. Both directions are exhaustive: a column
// that is added must be filled and, where it holds a time, moved when the clock was stepped.

import Foundation
import GRDB
import RefreshPolicy

/// In the order that they are written and read in.
enum SessionColumn: Int, CaseIterable {
    case project, sessionID, userID, provider, providerUID, source, keep
    case sealedSecret, sealedToken, issuedAt, expiresAt, sealedNext, nextIssuedAt, nextExpiresAt
    case hasRefreshToken, sessionExpiresAt, createdAt, foundAt, lookedAt
    case verdict, failures, sinceAt, retryAt, isElected, attempt, sentAt
    case standing, reason, oauthError, wakeAt, want, priority, period, episodes

    /// The case's own, as SQL writes it: in small letters, with an underscore before each capital or row of capitals.
    var name: String { Self.names[rawValue] }

    private static let names = allCases.map { column in
        "\(column)".reduce(into: (name: "", wasCapital: false)) { made, letter in
            if letter.isUppercase && !made.wasCapital { made.name += "_" }
            made.name += letter.lowercased()
            made.wasCapital = letter.isUppercase
        }.name
    }

    /// Whether it holds a time of ours, or nothing. A priority is one too: it is as hot as one read then.
    var isTime: Bool {
        switch self {
        case .issuedAt, .expiresAt, .nextIssuedAt, .nextExpiresAt, .sessionExpiresAt, .createdAt, .foundAt,
            .lookedAt, .sinceAt, .retryAt, .sentAt, .wakeAt, .want,
            .priority:
            true
        case .project, .sessionID, .userID, .provider, .providerUID, .source, .keep, .sealedSecret, .sealedToken,
            .sealedNext, .hasRefreshToken, .verdict, .failures, .isElected, .attempt, .standing, .reason,
            .oauthError, .period, .episodes:
            false
        }
    }
}

/// A verdict without its numbers and times, which have columns of their own.
enum VerdictWord: String, CaseIterable {
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
    /// The values of these columns, in this order.
    func values(of columns: [SessionColumn], sealedBy sealer: Sealer) throws -> [DatabaseValue] {
        lazy var seal = sealer.seal(of: key)
        return try columns.map { try value(of: $0, sealedBy: seal) }
    }

    private func value(
        of column: SessionColumn, sealedBy seal: @autoclosure () -> SessionSeal
    ) throws -> DatabaseValue {
        switch column {
        case .project: key.project.rawValue.databaseValue
        case .sessionID: key.session.rawValue.databaseValue
        case .userID: user.rawValue.databaseValue
        case .provider: provider.rawValue.databaseValue
        case .providerUID: providerUID.foreignBytes
        case .source: source.rawValue.databaseValue
        case .keep: keep.rawValue.databaseValue
        case .sealedSecret: try secret.map { try seal().seal($0, as: .secret) }.databaseValue
        case .sealedToken: try token.map { try seal().seal($0.value, as: .token) }.databaseValue
        case .issuedAt: (token?.issuedAt).databaseValue
        case .expiresAt: (token?.expiresAt).databaseValue
        case .sealedNext: try next.map { try seal().seal($0.value, as: .next) }.databaseValue
        case .nextIssuedAt: (next?.issuedAt).databaseValue
        case .nextExpiresAt: (next?.expiresAt).databaseValue
        case .hasRefreshToken: hasRefreshToken.databaseValue
        case .sessionExpiresAt: sessionExpiresAt.milliseconds.databaseValue
        case .createdAt: createdAt.milliseconds.databaseValue
        case .foundAt: foundAt.milliseconds.databaseValue
        case .lookedAt: lookedAt.milliseconds.databaseValue
        case .verdict: VerdictWord(verdict).rawValue.databaseValue
        case .failures: verdict.failures.databaseValue
        case .sinceAt: verdict.since.databaseValue
        case .retryAt: verdict.nextAt.databaseValue
        case .isElected: isElected.databaseValue
        case .attempt: (attempt?.id.number).databaseValue
        case .sentAt: (attempt?.sentAt).databaseValue
        case .standing: standing.rawValue.databaseValue
        case .reason: reason.code.rawValue.databaseValue
        case .oauthError: (reason.oauthError?.rawValue).databaseValue
        case .wakeAt: wakeAt.databaseValue
        case .want: want.databaseValue
        case .priority: (claim?.priority.asOneReadAt).databaseValue
        case .period: (claim?.period.wholeMilliseconds).databaseValue
        case .episodes: StoredEpisodes.text(of: episodes).databaseValue
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
