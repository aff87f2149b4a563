// What a service may tell the service manager, as the datagrams of sd_notify(3). Pure: `Supervisor` sends them.
import Glibc

/// One datagram of `NAME=value` lines.
package struct Notice: Equatable, Sendable {
    let assignments: String

    /// Startup or a reload is complete; `systemctl status` shows `status`.
    package static func ready(status: String) -> Notice {
        Notice(assignments: "READY=1\nSTATUS=\(oneLine(status))")
    }

    /// One line for `systemctl status`.
    package static func status(_ status: String) -> Notice {
        Notice(assignments: "STATUS=\(oneLine(status))")
    }

    /// The settings are being read anew; `ready` must follow. systemd 253 and later want the moment on the monotonic
    /// clock, to tell this reload from an earlier one.
    package static func reloading(at monotonic: Duration = monotonicTime()) -> Notice {
        Notice(assignments: "RELOADING=1\nMONOTONIC_USEC=\(microseconds(monotonic))")
    }

    /// Shutdown has begun.
    package static func stopping(status: String) -> Notice {
        Notice(assignments: "STOPPING=1\nSTATUS=\(oneLine(status))")
    }

    /// Proof of progress. Send it at least twice in every `Supervisor.watchdogTimeout`.
    package static let watchdog = Notice(assignments: "WATCHDOG=1")

    /// Startup, or shutdown, wants this much more time from now, beyond the unit's own timeout.
    package static func extendTimeout(by time: Duration) -> Notice {
        Notice(assignments: "EXTEND_TIMEOUT_USEC=\(microseconds(time))")
    }

    /// Why the process is about to give up: a positive `errno` value.
    package static func failed(errno: Int32, status: String) -> Notice {
        Notice(assignments: "ERRNO=\(errno)\nSTATUS=\(oneLine(status))")
    }

    /// Why the process is about to give up: the exit status it will leave with.
    package static func failed(exitStatus: Int32, status: String) -> Notice {
        Notice(assignments: "EXIT_STATUS=\(exitStatus)\nSTATUS=\(oneLine(status))")
    }
}

/// The time since boot without suspends: the clock the service manager compares reloads by.
package func monotonicTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// A status may hold a foreign string. A line break in it would start an assignment of its own (`MAINPID=1`), and an
/// escape sequence would reach the terminal of whoever asks for the status: control characters become spaces.
private func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        line.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(line)
}

private func microseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
}
