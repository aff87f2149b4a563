// A dev key that ends is told 14 days before, and when it has.

import RefreshPolicy
import Testing

@testable import Refreshd

@Suite("The end of a dev key") struct DevKeyTests {
    private let end = WallTime(milliseconds: 1_801_353_600_000)
    private var term: DevKeyTerm {
        get throws { DevKeyTerm(project: try #require(ProjectAlias("main")), expires: end) }
    }

    @Test("It is of no matter to a server that limits no calls")
    func unlimited() throws {
        let main = "endpoint: https://a.example/v1, project: a, devKeyFile: /k, devKeyExpires: 2027-01-31"
        let cases: [(String, WallTime?)] = [("", end), (", unmetered: true", nil)]
        for (more, expires) in cases {
            let settings = try Settings.parse("projects: { main: { \(main)\(more) } }", file: "refreshd.yaml")
            #expect(settings.projects.compactMap(DevKeyTerm.init).first?.expires == expires)
        }
    }

    @Test("Nothing is said before its last 14 days; then a warning with the date and what to do; then that it is over")
    func stages() throws {
        let term = try term
        #expect(term.telling(at: end - .days(14) - .milliseconds(1)) == nil)

        let warning = try #require(term.telling(at: end - .days(14)))
        #expect(warning.kind == .calls(.devKeyEnding))
        #expect(warning.priority == .warning)
        #expect(
            warning.message.hasPrefix("main: the dev key ends at 2027-01-31 00:00:00 UTC; Appwrite counts the calls"))
        #expect(warning.message.contains("Make another in the Appwrite console"))
        #expect(warning.breaches == [])
        #expect(warning.fields.contains(Telling.Field(name: .devKeyExpiresAt, value: "2027-01-31T00:00:00.000Z")))
        #expect(term.telling(at: end - .milliseconds(1))?.kind == .calls(.devKeyEnding))

        let over = try #require(term.telling(at: end))
        #expect(over.kind == .calls(.devKeyOver))
        #expect(
            over.message.hasPrefix("main: the dev key ended at 2027-01-31 00:00:00 UTC: Appwrite counts the calls"))
    }
}
