// What `systemctl status` shows.

import RefreshEngine
import RefreshPolicy
import Testing

@testable import Refreshd

@Suite("The status line")
struct StatusLineTests {
    @Test("says how sessions stand, what is left of the budget, and what comes next")
    func line() {
        let now = WallTime(milliseconds: 0)
        let main = Sample.id("main") as ProjectAlias
        let status = EngineStatus(
            now: now, startedAt: now, projects: [main],
            counts: [
                StandingCount(project: main, standing: .needsLogin, count: 1),
                StandingCount(project: main, standing: .fresh, count: 12),
                StandingCount(project: main, standing: .ended, count: 5),
            ],
            hosts: [
                .init(
                    name: HostName("cloud.example"), metering: .metered, limit: 10, remaining: 4,
                    resetAt: WallTime(milliseconds: 3_600_000)),
                .init(
                    name: HostName("dev.example"), metering: .unmetered, limit: 10, remaining: 10,
                    resetAt: WallTime(milliseconds: 3_600_000)),
            ], nextWakeAt: WallTime(milliseconds: 180_000))
        #expect(status.line == "12 fresh, 1 needs login; cloud.example 4/10, resets 01:00:00Z; next look in 3 min")
    }
}
