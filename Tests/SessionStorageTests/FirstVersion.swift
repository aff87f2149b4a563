// A store as the first version of refreshd made it, in that version's own words: no change of ours reaches them.

import Foundation
import GRDB
import RefreshPolicy

@testable import SessionStorage

enum FirstVersion {
    /// Id, standing, reason, `wake_at` and `want`.
    static let sessions: [(id: String, standing: String, reason: String, wakeAt: Int64?, want: Int64?)] = [
        ("fresh", "fresh", "found", 900_000, nil), ("due", "due", "renewed", 800_000, 700_000),
        ("backing", "backing off", "provider failed", 850_000, nil), ("ended", "ended", "session gone", nil, nil),
        ("idle", "idle", "not read for stopAfter", 880_000, nil), ("paused", "paused", "renewed", nil, nil),
    ]

    static func write(to path: String, key: SealingKey) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { database in
            try database.execute(sql: tables)
            try database.execute(
                sql:
                    "INSERT INTO meta (id, key_id, key_proof, last_attempt, last_seen_at) VALUES (1, ?, ?, 42, 600000)",
                arguments: [key.id.data, try Sealer(key: key).keyProof()])
            for session in sessions {
                let seal = Sealer(key: key).seal(of: SessionKey("app", session.id))
                let token = try seal.seal(.of("of \(session.id)"), as: .token)
                try database.execute(
                    sql: insert,
                    arguments: [session.id, token, session.standing, session.reason, session.wakeAt, session.want])
            }
            try database.execute(sql: beside)
        }
        try database.close()
    }

    private static let insert = """
        INSERT INTO session (
            project, session_id, user_id, provider, provider_uid, source, keep, sealed_token, issued_at, expires_at,
            has_refresh_token, session_expires_at, created_at, found_at, looked_at, verdict, is_elected, standing,
            reason, wake_at, want)
        VALUES (
            'app', ?, 'u1', 'google', x'6731', 'apiKey', 'used', ?, 100000, 3700000,
            1, 900000000, 90000, 95000, 99000, 'sound', 1, ?, ?, ?, ?)
        """

    private static let beside = """
        INSERT INTO demand VALUES ('app', 'u1', 'google', x'6731', 500000);
        INSERT INTO budget VALUES ('h', 9000, 10, 3, 1);
        INSERT INTO discovery VALUES ('app', 7, 8000);
        """

    private static let tables = """
        PRAGMA application_id = 1380340292;

        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);

        INSERT INTO grdb_migrations VALUES ('1 sessions, demand, budgets');

        CREATE TABLE session (
            id INTEGER PRIMARY KEY,
            project TEXT NOT NULL,
            session_id TEXT NOT NULL,
            user_id TEXT NOT NULL,
            provider TEXT NOT NULL,
            provider_uid BLOB NOT NULL,
            source TEXT NOT NULL,
            keep TEXT NOT NULL,
            sealed_secret BLOB,
            sealed_token BLOB,
            issued_at INTEGER,
            expires_at INTEGER,
            sealed_next BLOB,
            next_issued_at INTEGER,
            next_expires_at INTEGER,
            has_refresh_token INTEGER NOT NULL,
            session_expires_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            found_at INTEGER NOT NULL,
            looked_at INTEGER NOT NULL,
            verdict TEXT NOT NULL,
            failures INTEGER,
            since_at INTEGER,
            retry_at INTEGER,
            is_elected INTEGER NOT NULL,
            attempt INTEGER,
            sent_at INTEGER,
            standing TEXT NOT NULL,
            reason TEXT NOT NULL,
            oauth_error TEXT,
            wake_at INTEGER,
            want INTEGER,
            UNIQUE (project, session_id)
        ) STRICT;

        CREATE INDEX session_by_user ON session (project, user_id, session_id);

        -- Each project's rows by the time they wake, so that rows of a project that left the settings are never walked.
        CREATE INDEX session_by_wake ON session (project, wake_at, session_id) WHERE wake_at IS NOT NULL;

        CREATE INDEX session_by_want ON session (project, want, session_id) WHERE want IS NOT NULL;

        -- For listings, and for what a start must find: the few that were being refreshed.
        CREATE INDEX session_by_standing ON session (standing, project, session_id);

        CREATE TABLE standing_count (
            project TEXT NOT NULL,
            standing TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (project, standing)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER session_came AFTER INSERT ON session BEGIN
            INSERT INTO standing_count (project, standing, count) VALUES (new.project, new.standing, 1)
            ON CONFLICT (project, standing) DO UPDATE SET count = count + 1;
        END;

        CREATE TRIGGER session_went AFTER DELETE ON session BEGIN
            UPDATE standing_count SET count = count - 1 WHERE project = old.project AND standing = old.standing;
        END;

        CREATE TRIGGER session_stands_otherwise AFTER UPDATE OF standing ON session
        WHEN old.standing <> new.standing BEGIN
            UPDATE standing_count SET count = count - 1 WHERE project = old.project AND standing = old.standing;
            INSERT INTO standing_count (project, standing, count) VALUES (new.project, new.standing, 1)
            ON CONFLICT (project, standing) DO UPDATE SET count = count + 1;
        END;

        CREATE TABLE demand (
            project TEXT NOT NULL,
            user_id TEXT NOT NULL,
            provider TEXT NOT NULL,
            provider_uid BLOB NOT NULL,
            last_read_at INTEGER NOT NULL,
            PRIMARY KEY (project, user_id, provider, provider_uid)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER grant_lost_session AFTER DELETE ON session BEGIN
            DELETE FROM demand
            WHERE (project, user_id, provider, provider_uid)
                = (old.project, old.user_id, old.provider, old.provider_uid)
            AND NOT EXISTS (
                SELECT 1 FROM session
                WHERE (project, user_id, provider, provider_uid)
                    = (old.project, old.user_id, old.provider, old.provider_uid));
        END;

        CREATE TRIGGER session_changed_grant AFTER UPDATE OF user_id, provider, provider_uid ON session
        WHEN (old.user_id, old.provider, old.provider_uid) <> (new.user_id, new.provider, new.provider_uid) BEGIN
            DELETE FROM demand
            WHERE (project, user_id, provider, provider_uid)
                = (old.project, old.user_id, old.provider, old.provider_uid)
            AND NOT EXISTS (
                SELECT 1 FROM session
                WHERE (project, user_id, provider, provider_uid)
                    = (old.project, old.user_id, old.provider, old.provider_uid));
        END;

        CREATE TABLE budget (
            host TEXT NOT NULL PRIMARY KEY,
            reset_at INTEGER NOT NULL,
            spent_limit INTEGER NOT NULL,
            spent INTEGER NOT NULL,
            in_flight INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE discovery (
            project TEXT NOT NULL PRIMARY KEY,
            -- By the server's clock: a step of ours leaves it be.
            identities_up_to INTEGER,
            walked_at INTEGER
        ) STRICT, WITHOUT ROWID;

        -- One row, made with the file.
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            key_id BLOB NOT NULL,
            key_proof BLOB NOT NULL,
            last_attempt INTEGER NOT NULL DEFAULT 0,
            last_seen_at INTEGER
        ) STRICT;
        """
}
