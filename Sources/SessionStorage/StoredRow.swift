// From a line of the session table back to a row. The file may have been changed by others, so nothing is taken on
// trust: what does not fit is an error that names the column, never a crash.

import Foundation
import GRDB
import RefreshPolicy

/// What cannot be read as what it should be.
struct UnreadableRow: Error {
    let key: SessionKey?
    let column: String
}

/// A line as `SELECT (all columns), demand.last_read_at, demand.heat` gives it.
struct StoredRow {
    private let line: Row
    let key: SessionKey

    init(_ line: Row) throws {
        self.line = line
        guard let project = ProjectAlias(try Self.text(.project, of: line, key: nil)),
            let session = SessionID(try Self.text(.sessionID, of: line, key: nil))
        else { throw UnreadableRow(key: nil, column: SessionColumn.sessionID.name) }
        key = SessionKey(project: project, session: session)
    }

    /// Of the line itself, which is gone when its query goes on.
    func kept() throws -> StoredRow { try StoredRow(line.copy()) }

    /// Known even where the token does not unseal.
    var tokenEnd: WallTime? { optionalTime(.expiresAt) }

    /// The order of rows by the time they wake, and by key where that is the same.
    static func wakesEarlier(_ left: StoredRow, _ right: StoredRow) -> Bool {
        let never = WallTime(milliseconds: .max)
        return (left.optionalTime(.wakeAt) ?? never, left.key) < (right.optionalTime(.wakeAt) ?? never, right.key)
    }

    /// What did not unseal is left out of the row and handed to `unopened`.
    func row(openedBy sealer: Sealer, unopened: (SealedColumn) -> Void) throws -> SessionRow {
        let seal = sealer.seal(of: key)
        func opened(_ column: SessionColumn, _ sealed: SealedColumn) -> Secret? {
            guard let blob = Data.fromDatabaseValue(line[column.rawValue]) else { return nil }
            guard let secret = seal.open(blob, as: sealed) else {
                unopened(sealed)
                return nil
            }
            return secret
        }
        return SessionRow(
            key: key, user: try identifier(.userID), provider: try identifier(.provider),
            providerUID: try foreignText(.providerUID), source: try word(.source), keep: try word(.keep),
            secret: opened(.sealedSecret, .secret),
            token: try token(opened(.sealedToken, .token), issued: .issuedAt, expires: .expiresAt),
            next: try token(opened(.sealedNext, .next), issued: .nextIssuedAt, expires: .nextExpiresAt),
            hasRefreshToken: try number(.hasRefreshToken) != 0, sessionExpiresAt: try time(.sessionExpiresAt),
            createdAt: try time(.createdAt), foundAt: try time(.foundAt), lookedAt: try time(.lookedAt),
            lastReadAt: optionalTime(at: SessionColumn.allCases.count),
            heat: optionalTime(at: SessionColumn.allCases.count + 1).map(Heat.init(asOneReadAt:)),
            verdict: try verdict(), isElected: try number(.isElected) != 0, attempt: try attempt(),
            standing: try word(.standing), reason: try reason(), wakeAt: optionalTime(.wakeAt),
            want: optionalTime(.want), claim: try claim(), episodes: try episodes())
    }

    private func token(_ value: Secret?, issued: SessionColumn, expires: SessionColumn) throws -> Token? {
        guard let value else { return nil }
        return Token(value: value, issuedAt: try time(issued), expiresAt: optionalTime(expires))
    }

    private func verdict() throws -> Verdict {
        switch try word(.verdict) as VerdictWord {
        case .sound: .sound
        case .failing: .failing(failures: Int(try number(.failures)), retryAt: try time(.retryAt))
        case .suspected: .suspected(since: try time(.sinceAt), lookAt: try time(.retryAt))
        case .needsLogin: .needsLogin(since: try time(.sinceAt), lookAt: try time(.retryAt))
        case .ended: .ended(at: try time(.sinceAt))
        }
    }

    private func attempt() throws -> SentAttempt? {
        guard let number = Int64.fromDatabaseValue(line[SessionColumn.attempt.rawValue]) else { return nil }
        return SentAttempt(id: AttemptID(number), sentAt: try time(.sentAt))
    }

    private func claim() throws -> Claim? {
        guard let priority = optionalTime(.priority) else { return nil }
        return Claim(priority: Heat(asOneReadAt: priority), period: .milliseconds(try number(.period)))
    }

    private func episodes() throws -> [Episode] {
        guard let text = String.fromDatabaseValue(line[SessionColumn.episodes.rawValue]) else { return [] }
        guard let episodes = StoredEpisodes.read(text) else { throw unreadable(.episodes) }
        return episodes
    }

    private func reason() throws -> Reason {
        guard let text = String.fromDatabaseValue(line[SessionColumn.oauthError.rawValue]) else {
            return Reason(try word(.reason))
        }
        guard let code = OAuthErrorCode(text) else { throw unreadable(.oauthError) }
        return Reason(try word(.reason), oauthError: code)
    }

    private func identifier<Kind>(_ column: SessionColumn) throws -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(try Self.text(column, of: line, key: key)) else {
            throw unreadable(column)
        }
        return identifier
    }

    private func word<Word: RawRepresentable<String>>(_ column: SessionColumn) throws -> Word {
        guard let word = Word(rawValue: try Self.text(column, of: line, key: key)) else { throw unreadable(column) }
        return word
    }

    private func foreignText(_ column: SessionColumn) throws -> String {
        guard let bytes = Data.fromDatabaseValue(line[column.rawValue]),
            let text = String(bytes: bytes, encoding: .utf8)
        else { throw unreadable(column) }
        return text
    }

    private func number(_ column: SessionColumn) throws -> Int64 {
        guard let number = Int64.fromDatabaseValue(line[column.rawValue]) else { throw unreadable(column) }
        return number
    }

    private func time(_ column: SessionColumn) throws -> WallTime {
        WallTime(milliseconds: try number(column))
    }

    private func optionalTime(_ column: SessionColumn) -> WallTime? {
        optionalTime(at: column.rawValue)
    }

    private func optionalTime(at position: Int) -> WallTime? {
        Int64.fromDatabaseValue(line[position]).map(WallTime.init(milliseconds:))
    }

    private func unreadable(_ column: SessionColumn) -> UnreadableRow {
        UnreadableRow(key: key, column: column.name)
    }

    private static func text(_ column: SessionColumn, of line: Row, key: SessionKey?) throws -> String {
        guard let text = String.fromDatabaseValue(line[column.rawValue]) else {
            throw UnreadableRow(key: key, column: column.name)
        }
        return text
    }
}
