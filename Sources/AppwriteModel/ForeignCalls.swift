// Calls of others that fall under our count: whoever shares a host name and an address with us, of whatever project.

extension AppwriteServer {
    /// Somebody else behind that address makes `times` calls that are metered, each of which counts while it fits under
    /// its own limit: with DELETEs the count goes far beyond what a PATCH may. Tells how many were let through.
    @discardableResult
    package mutating func callAsOthers(
        _ call: MeteredCall, times: Int, host: String, ip: String, now: Milliseconds
    ) -> Int {
        for before in 0..<max(0, times) {
            let (charge, _) = counter.charge(
                call, host: host, ip: ip, exempt: settings.metering == .disabled, now: now)
            if charge == .overLimit { return before }
        }
        return max(0, times)
    }
}
