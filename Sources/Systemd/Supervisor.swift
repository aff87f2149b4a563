// The line to the service manager that started this process. Without one (a terminal, a test, a container without
// systemd) every word goes nowhere and nothing is an error.
import CSystemd

/// The service manager, as told by the environment it gave: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`.
package enum Supervisor {
    /// Tells the service manager. Does nothing when there is none.
    ///
    /// The send waits while the manager's socket is full; the manager that reads it is the one that would restart us.
    package static func tell(_ notice: Notice) throws(SystemdError) {
        let result = sd_notify(0, notice.assignments)
        guard result < 0 else { return }
        throw SystemdError(
            call: "sd_notify", errno: -result,
            consequence: "systemd does not know this process's state and may stop it after the unit's timeout")
    }

    /// How long the service manager waits for a `.watchdog` before it kills this process (the unit's `WatchdogSec=`);
    /// nil when it keeps no watch over this process.
    package static func watchdogTimeout() throws(SystemdError) -> Duration? {
        var microseconds: UInt64 = 0
        let result = sd_watchdog_enabled(0, &microseconds)
        if result < 0 {
            throw SystemdError(
                call: "sd_watchdog_enabled", errno: -result,
                consequence: "WATCHDOG_USEC or WATCHDOG_PID in the environment is not what systemd sets")
        }
        return result > 0 ? .microseconds(microseconds) : nil
    }
}
