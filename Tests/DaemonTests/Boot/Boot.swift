// Whether a systemd can be booted here, found out once by doing it; and what is to be installed in it.

import Foundation
import Glibc

enum Boot {
    /// The package, as `make` built it before it ran the tests.
    static let package = ProcessInfo.processInfo.environment["REFRESHD_PACKAGE"]

    static func isPossible() async -> Bool {
        await trial.value
    }

    /// Says why not, once, in a line that `make test` ends with.
    private static let trial = Task {
        guard let obstacle = await obstacle() else { return true }
        print("Skipped: all that needs a booted systemd, as \(obstacle)")
        return false
    }

    private static func obstacle() async -> String? {
        guard package != nil else { return "REFRESHD_PACKAGE names no package: run them by `make test`" }
        guard getuid() == 0 else { return "only root can boot one" }
        for program in ["systemd-nspawn", "nsenter", "setpriv", "curl"]
        where !FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)") {
            return "/usr/bin/\(program) is missing: apt-get install systemd-container util-linux curl"
        }
        do {
            try await Machine.with { _ in }
            return nil
        } catch {
            return "it did not boot: \("\(error)".split(separator: "\n").joined(separator: " / "))"
        }
    }
}
