// Who was refused, and who reads: in words for people, and in fields for searches.

import RefreshPolicy
import Testing
import TokenAPI

@testable import Refreshd

@Suite("What the log says of access")
struct AccessTellingTests {
    private let peer = Peer(process: 4711, user: 33, group: 33, groups: .known([]))

    private var rule: AccessRule { AccessRule(.refuse, .read, at: AccessRule.Place(number: 2, line: 41)) }

    private func fields(_ telling: Telling) -> [String] { telling.fields.map { "\($0.name.rawValue)=\($0.value)" } }

    @Test("A refusal names who, what and which rule")
    func refused() {
        let intent = Intent(.read, project: Sample.id("shop"), user: Sample.id("ada"), provider: Sample.id("google"))
        let telling = Telling(.refused(peer, intent, .token, .rule(rule), untold: 0), name: "www-data")
        #expect(telling.kind == .access(.refused))
        #expect(telling.priority == .warning)
        #expect(
            telling.message == """
                www-data (uid 33, process 4711) may not read tokens of google of user ada in project shop on the socket \
                token: rule 2 of access, on line 41, refuses it. If it should, add a rule to access in the settings; \
                "refreshd check --as www-data" shows what it may
                """)
        #expect(
            fields(telling) == [
                "REFRESHD_EVENT=access-refused", "REFRESHD_PEER_UID=33", "REFRESHD_PEER_PID=4711",
                "REFRESHD_PEER_NAME=www-data",
                "REFRESHD_SOCKET=token", "REFRESHD_RIGHT=read", "REFRESHD_PROJECT=shop", "REFRESHD_USER_ID=ada",
                "REFRESHD_PROVIDER=google", "REFRESHD_RULE=2",
            ])
    }

    @Test("Of a flood it says how many were not told; of a user without a name, the number")
    func flood() {
        let telling = Telling(
            .refused(peer, Intent(.control), .control, .noRuleFits, untold: 50), name: nil)
        #expect(
            telling.message == """
                uid 33 (process 4711) may not control sessions of all projects on the socket control: no rule of access \
                allows it; 50 more of its requests were refused since that was last told. If it should, add a rule to \
                access in the settings; "refreshd check --as 33" shows what it may
                """)
        #expect(!fields(telling).contains { $0.hasPrefix("REFRESHD_PEER_NAME") })
    }

    @Test("A read is searched for by reader and grant, and shows no token (law 7)")
    func read() {
        let telling = Telling(.read(peer, Sample.key, Sample.grant, .token), name: "www\u{1B}[2J")
        #expect(telling.kind == .access(.tokensRead))
        #expect(telling.priority == .info)
        #expect(
            telling.message == """
                shop/s1 (google, user ada): read by www\\u{1b}[2J (uid 33, process 4711) on the socket token; further \
                reads of this grant are not told in this hour
                """)
        #expect(
            fields(telling).suffix(2) == ["REFRESHD_USER_ID=ada", "REFRESHD_PROVIDER=google"])
        #expect(fields(telling).contains("REFRESHD_SESSION_ID=s1"))
        #expect(
            fields(Telling(.manyReads(16_384), name: nil)) == ["REFRESHD_EVENT=reads-untold", "REFRESHD_COUNT=16384"])
    }
}
