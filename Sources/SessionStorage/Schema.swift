// The tables, as they came to be. A migration that was released is never changed, nor its name, only followed by
// another, and none erases. A word that is new in a column (a standing; a reason, which episodes hold too; a verdict; a
// source or keep; the scope, cause or obstacle of a condition) needs a migration too, though it changes nothing: it is
// what makes an older refreshd refuse the file instead of stumbling over the word. A test lists the words beside the
// migrations.

import GRDB

enum Schema {
    /// "RFRD", in the file's header: tells our files from others' before anything is read from them.
    static let applicationID: Int32 = 0x5246_5244

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 sessions, demand, budgets") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: sessions)
            try database.execute(sql: standingCounts)
            try database.execute(sql: demand)
            try database.execute(sql: budgetsAndMarks)
        }
        migrator.registerMigration("2 claims, heat, conditions") { database in
            try database.execute(sql: claims)
            try database.execute(sql: lanes)
            try database.execute(sql: heat)
            try database.execute(sql: conditions)
        }
        migrator.registerMigration("3 change of keys") { database in
            try database.execute(sql: changeOfKeys)
        }
        migrator.registerMigration("4 what is over wakes to be erased") { database in
            try database.execute(sql: "UPDATE session SET wake_at = 0 WHERE standing = 'ended'")
        }
        migrator.registerMigration("4 episodes") { database in
            try database.execute(sql: "ALTER TABLE session ADD COLUMN episodes TEXT")
        }
        migrator.registerMigration("5 obstacles") { database in
            try database.execute(sql: "ALTER TABLE condition ADD COLUMN obstacle TEXT")
        }
        migrator.registerMigration("6 nothing is paused") { database in
            // The word is gone, which nothing ever set; whoever wrote it by hand gets the session back.
            try database.execute(
                sql: "UPDATE session SET standing = 'idle', wake_at = 0 WHERE standing = 'paused'")
        }
        migrator.registerMigration("7 clocks of hosts") { database in
            // Milliseconds; empty before a host's clock was first heard.
            try database.execute(sql: "ALTER TABLE budget ADD COLUMN clock_offset INTEGER")
        }
        migrator.registerMigration("8 projects behind names") { database in
            try database.execute(sql: projects)
        }
        return migrator
    }

    /// Times are milliseconds since 1970 by this machine's clock. Identifiers are of a grammar that is ASCII, so
    /// SQLite's order of bytes is their order. A provider's user id is foreign: stored as the bytes it came as.
    private static let sessions = """
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
        """

    /// Kept by triggers, so that no path of writing can forget them.
    private static let standingCounts = """
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
        """

    /// A grant's demand lives as long as the grant has a session: a new login counts as demand by itself.
    private static let demand = """
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
        """

    private static let budgetsAndMarks = """
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

    /// Both empty where a session lays no claim to calls. What is kept fresh but was stored before there were claims
    /// wakes at once, and gets its own when it is assessed: until then its calls are made by their deadlines alone.
    private static let claims = """
        ALTER TABLE session ADD COLUMN priority INTEGER;

        ALTER TABLE session ADD COLUMN period INTEGER;

        UPDATE session SET wake_at = 0 WHERE standing IN ('fresh', 'due', 'backing off');

        -- The same reason by the word that it has now.
        UPDATE session SET reason = 'not wanted at this time' WHERE reason = 'not read for stopAfter';
        """

    /// Each order that the scheduler asks for, so that rows of a lane that is held are never walked, however many want
    /// a call. Each holds all that tells who is first: only the rows that are handed out are read themselves.
    private static let lanes = """
        DROP INDEX session_by_want;

        CREATE INDEX session_wanting_by_want ON session (project, provider, want, session_id, priority)
        WHERE want IS NOT NULL;

        CREATE INDEX session_wanting_by_priority ON session (project, provider, priority, session_id, want)
        WHERE want IS NOT NULL AND priority IS NOT NULL;

        CREATE INDEX session_fresh_by_wake ON session (project, provider, wake_at, session_id, priority, standing)
        WHERE standing = 'fresh' AND priority IS NOT NULL;

        -- All who lay claim to calls, with what the scheduler counts.
        CREATE INDEX session_by_priority
        ON session (project, priority, session_id, provider, standing, period, want, wake_at)
        WHERE priority IS NOT NULL;
        """

    /// A grant that was read before reads were counted was read once, as far as is known.
    private static let heat = """
        ALTER TABLE demand ADD COLUMN heat INTEGER NOT NULL DEFAULT 0;

        UPDATE demand SET heat = last_read_at;
        """

    /// The key that the store is being changed for; empty while it is not.
    private static let changeOfKeys = """
        ALTER TABLE meta ADD COLUMN next_key_id BLOB;

        ALTER TABLE meta ADD COLUMN next_key_proof BLOB;
        """

    /// Empty for a name until the first start that writes it.
    private static let projects = """
        CREATE TABLE project (
            name TEXT NOT NULL PRIMARY KEY,
            -- Appwrite's.
            project_id TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let conditions = """
        CREATE TABLE condition (
            -- In the order in which they were stored.
            id INTEGER PRIMARY KEY,
            scope TEXT NOT NULL,
            -- Empty where the scope has none: two that are null would not be the same.
            host TEXT NOT NULL,
            project TEXT NOT NULL,
            provider TEXT NOT NULL,
            cause TEXT NOT NULL,
            since_at INTEGER NOT NULL,
            count INTEGER NOT NULL,
            probe_at INTEGER,
            UNIQUE (scope, host, project, provider, cause)
        ) STRICT;
        """
}
