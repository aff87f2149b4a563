// What happens to the daemon as a whole.

package enum DaemonEvent: Hashable, Sendable, CaseIterable {
    case started
    case stopping
    case stopped
    case startFailed
    case defect
    case settingsReloaded
    case reloadRefused
    case restartNeeded
    case clockStepped
    case timePassed
    case loopStuck
    case socketStuck
    case managerDeaf
    case entriesLost
}

extension DaemonEvent {
    var facts: EventFacts {
        switch self {
        case .started:
            EventFacts(
                "372e9532497a422a8fe25b929f16a8bb", "started", .notice, "refreshd started", always: [.project],
                meaning: "refreshd runs, for the projects @PROJECT@. Its sockets take connections.",
                next: "What it knew of sessions it knows again; new ones are found within a minute.")
        case .stopping:
            EventFacts(
                "7833b60e0c7f40e09d9a9da2b93406bd", "stopping", .notice, "refreshd stops",
                meaning: "refreshd was asked to stop.",
                next: "Nothing new is sent. Answers under way have a second, readers that wait are answered.")
        case .stopped:
            EventFacts(
                "4283ba990fcc4fc8a9c1a5677a29ee25", "stopped", .notice, "refreshd stopped",
                meaning: "refreshd has stopped in order.",
                next: "All is in the store; the next start goes on from there.")
        case .startFailed:
            EventFacts(
                "c767cf3a1441489b8df65db2dd315e76", "start-failed", .error, "refreshd does not start",
                always: [.exitStatus, .settingsFile],
                meaning: "refreshd did not start, and ended with status @EXIT_STATUS@. The message says why.",
                next: """
                    systemd tries again and again, but not after status 64 or 78: wrong settings do not get better \
                    by starting again.
                    """,
                remedy: """
                    Do what the message says, see whether all is well then, and start again:
                        refreshd check
                        systemctl start refreshd
                    """)
        case .defect:
            EventFacts(
                "a056b3c38f63442488c9d34cd51dde08", "defect", .error, "refreshd ended by a defect",
                always: [.exitStatus],
                meaning: "refreshd ended with status @EXIT_STATUS@ by an error that it does not know.",
                next: "systemd starts it again. All is in the store, and nothing is lost.",
                remedy:
                    "It is a defect of refreshd: report it, with the message and what came before it in the journal.")
        case .settingsReloaded:
            EventFacts(
                "952ed8550d244496bff4c2ac2420b81c", "settings-reloaded", .notice, "Settings reloaded",
                always: [.settingsFile, .project],
                meaning:
                    "The settings of @SETTINGS_FILE@ were read anew, and hold from now on, for the projects @PROJECT@.",
                next: "What was under way goes on, and who waits, waits on.")
        case .reloadRefused:
            EventFacts(
                "7e8d6870d76940b6a5e6a3a5106c5607", "reload-refused", .error, "Reload refused",
                always: [.settingsFile],
                meaning: """
                    The settings of @SETTINGS_FILE@ were to be read anew, and are wrong, or a key that they name is. The \
                    message says where.
                    """,
                next: "The settings that held before hold on; nothing was changed by halves.",
                remedy: """
                    Mend the file, which would be refused at the next start too, until the first command is content:
                        refreshd check-settings --config @SETTINGS_FILE@
                        systemctl reload refreshd
                    """)
        case .restartNeeded:
            EventFacts(
                "a36b431c92414df3a4f80333218b0492", "restart-needed", .warning, "Some settings wait for a restart",
                always: [.settingsFile],
                meaning: """
                    The settings of @SETTINGS_FILE@ were read anew. Among what changed is something that only a start takes \
                    up: where the store is, its key, the sockets or the form of the log. The message says which.
                    """,
                next: "That is as it was before the reload; all else holds.",
                remedy: """
                    Restart refreshd when it suits:
                        systemctl restart refreshd
                    """)
        case .clockStepped:
            EventFacts(
                "7002e0f7b0064bad849ba21429c4b54b", "clock-stepped", .notice, "The clock was set",
                always: [.clockStep],
                meaning: "This machine's clock was set by @CLOCK_STEP_MS@ ms while refreshd ran.",
                next: """
                    All waits are kept as they were, as for a clock that was wrong. Whether time has passed instead is \
                    told by the next answer of an Appwrite host.
                    """,
                remedy: """
                    If it happens again and again, see why the clock is not kept in step:
                        timedatectl timesync-status
                    """)
        case .timePassed:
            EventFacts(
                "405b7667edde488a9bdd4bfddeb2530a", "time-passed", .notice, "Time has passed unseen",
                always: [.timePassed],
                meaning: """
                    @TIME_PASSED_MS@ ms have passed that this machine's clock did not count, by the clock of an \
                    Appwrite host: the machine stood still, as one that is virtual may, or began with a time of the past.
                    """,
                next: "Tokens that ended in that time are served no more, and are renewed as calls allow.",
                remedy: """
                    If the machine was never paused, see whose clock is wrong, this machine's or the host's:
                        refreshd check
                        timedatectl timesync-status
                    """)
        case .loopStuck:
            EventFacts(
                "c5b8ccd19f064644a085e2fafba20855", "loop-stuck", .error, "refreshd stands still",
                meaning: "The loop that decides and refreshes has taken no step for a minute and a half.",
                next: """
                    The watchdog of systemd is fed no more, kills refreshd within two minutes (WatchdogSec=) and starts it \
                    again. Until then tokens are served on.
                    """,
                remedy:
                    "If it happens again, it is a defect of refreshd: report it, with the journal of the minutes before."
            )
        case .socketStuck:
            EventFacts(
                "e8957a3a8cd94355b4fdd93154723959", "socket-stuck", .error, "refreshd answers nobody",
                meaning: "The first token socket has answered no question of refreshd's own for a minute.",
                next: """
                    The watchdog of systemd is fed no more, kills refreshd within two minutes (WatchdogSec=) and starts it \
                    again.
                    """,
                remedy:
                    "If it happens again, it is a defect of refreshd: report it, with the journal of the minutes before."
            )
        case .managerDeaf:
            EventFacts(
                "80f36386ecf94c07b3e089f17e4dee88", "manager-deaf", .warning, "The service manager is not reached",
                meaning: "A word to systemd (sd_notify) was not taken. The message says why.",
                next: """
                    All goes on. If systemd hears nothing for the time of WatchdogSec=, it kills refreshd and starts it \
                    again.
                    """,
                remedy: "See that the unit says Type=notify, and that nothing stands in the way of /run/systemd/notify."
            )
        case .entriesLost:
            EventFacts(
                "44721680a474489280d7bbc4878f41ff", "entries-lost", .warning, "Entries of the log are lost",
                always: [.count],
                meaning: """
                    @COUNT@ entries of this log were not written: whoever takes them, journald or the reader of standard \
                    error, was away, or slower than they came.
                    """,
                next: "refreshd does not wait for a log; it goes on, and what came later is written.",
                remedy: """
                    The sessions are not touched. See what keeps journald busy:
                        systemctl status systemd-journald
                    """)
        }
    }
}
