// Law 13 where calls are made ahead of a short window.

import RefreshPolicy
import Testing

@Suite("Early rest")
struct EarlyRestTests {
    @Test("Law 13: a token younger than a third of its life is not renewed early, though it was looked at just now")
    func early() {
        var rules = ProjectRules.app()
        rules.pace.maxInFlight = 100
        var rows = (1...12).map { number in
            SessionRow.google(
                "s\(number)", user: "u\(number)", issued: at(-3000), expires: at(4200 + number), lookedAt: at(2999))
        }
        rows[0].token?.issuedAt = at(2990)
        rows[0].token?.expiresAt = at(4190)
        var world = World(rows, rules: Rules(projects: [rules]), now: at(2999))
        world.sleep(until: at(3000))
        #expect(!world.spending.isEmpty)
        #expect(!world.spending.contains("s1"), "spent 10 s after its issue")
    }
}
