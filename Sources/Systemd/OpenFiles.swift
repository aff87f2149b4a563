// How many files this process may have open. A Swift program must never come to its limit: libdispatch opens a file a
// second to look after its threads, and ends the process where it cannot.
import Glibc

/// Raises the limit as far as it goes without rights, and gives what it is then.
package func raiseOpenFileLimit() throws(SystemdError) -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else {
        throw SystemdError(
            call: "getrlimit(RLIMIT_NOFILE)", errno: errno, consequence: "too many connections could end the process")
    }
    // More than all limits of refreshd together ask for; some tables grow with it.
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 16_384))
    guard setrlimit(resource, &limit) == 0 else {
        throw SystemdError(
            call: "setrlimit(RLIMIT_NOFILE)", errno: errno, consequence: "too many connections could end the process")
    }
    return Int(clamping: limit.rlim_cur)
}
