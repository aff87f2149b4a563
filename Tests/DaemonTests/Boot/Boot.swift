// Whether a systemd can be booted here, found out once by doing it; and what is to be installed in it.

import Foundation
import Harness

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
        return await Machine.obstacle()
    }
}
