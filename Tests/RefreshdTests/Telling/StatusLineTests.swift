// What `systemctl status` shows.

import RefreshEngine
import RefreshPolicy
import Testing
import TokenAPI

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

    @Test("says how many conditions there are, names the first, and forecasts who goes without")
    func trouble() {
        #expect(
            Sample.troubledStatus.line == """
                14 fresh; 3 conditions: calls do not suffice at cloud.example, API key refused at shop, provider \
                failing at shop/google; cloud.example 4/10, resets 02:26:24Z; 14 grants need 14.4 calls an hour, 8 \
                available: 7 not kept; a dev key lifts the limit
                """)
    }

    @Test("says why Appwrite is not reached")
    func obstacle() {
        let status = EngineStatus(
            now: Sample.now, startedAt: Sample.now, projects: [], counts: [], hosts: [],
            conditions: [Sample.condition(.unreachable, obstacle: .nameUnknown)], nextWakeAt: nil)
        #expect(status.line == "no sessions yet; 1 condition: Appwrite not reached (name not resolved) at shop")
        #expect(
            StatusText.text(of: StatusBody(status), screen: nil).contains(
                "  Appwrite not reached (name not resolved)  "))
    }

    @Test(
        "names no more conditions than it has room for",
        arguments: [
            (1, "1 condition: API key refused at shop"),
            (3, "3 conditions: API key refused at shop, API key refused at shop, API key refused at shop"),
            (5, "5 conditions: API key refused at shop, API key refused at shop, API key refused at shop and 2 more"),
        ])
    func conditions(count: Int, told: String) {
        let status = EngineStatus(
            now: Sample.now, startedAt: Sample.now, projects: [], counts: [], hosts: [],
            conditions: Array(repeating: Sample.condition(.keyRefused), count: count), nextWakeAt: nil)
        #expect(status.line == "no sessions yet; " + told)
    }
}
