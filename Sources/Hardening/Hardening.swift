// Keeps the memory of this process, which holds tokens, out of files, logs and debuggers.
import CHardening
import Glibc

/// A call to the kernel that was refused.
package struct HardeningError: Error, Equatable, CustomStringConvertible {
    package let call: String
    /// A positive `errno` value.
    package let errno: Int32
    package let consequence: String

    package var description: String { "\(call) failed: \(String(cString: strerror(errno))); \(consequence)" }
}

/// From now on a crash of this process leaves neither a core dump nor a report of Swift's runtime, which shows registers
/// and the memory they point to; and no other process of the same user may read its memory or attach to it. (Root still
/// may.) Cannot be undone; call it before the first secret is read.
///
/// The runtime's report is also in the way of the watchdog: under a filter of system calls its reporter cannot start,
/// and the process it was to report on lives on.
package func hardenProcess() throws(HardeningError) {
    for crash in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
        signal(crash, SIG_DFL)  // Fails only for a signal that does not exist or cannot be caught.
    }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    if setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) != 0 {
        throw HardeningError(
            call: "setrlimit(RLIMIT_CORE)", errno: errno, consequence: "a crash could write secrets into a core dump")
    }
    // The limit alone does not stop a dump that is piped to a program, as systemd-coredump has it: this does.
    if chardening_refuse_memory_dumps() != 0 {
        throw HardeningError(
            call: "prctl(PR_SET_DUMPABLE)", errno: errno,
            consequence: "other processes of this user could read secrets from memory")
    }
}
