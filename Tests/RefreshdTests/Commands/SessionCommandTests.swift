// `refreshd session …` and `refreshd status` against a scripted control API.

import Foundation
import RefreshEngine
import RefreshPolicy
import Refreshd
import Testing

@Suite("refreshd session", .timeLimit(.minutes(10))) struct SessionCommandTests {
    @Test(
        "A secret from standard input is registered without the line break at its end", arguments: ["", "\n", "\r\n"])
    func addFromInput(ending: String) async throws {
        let control = Sample.control()
        try await withControl(control) { socket in
            let run = await refreshd(["session", "add", "--project", "shop"] + socket, input: "secret-1" + ending)

            #expect(run.status == 0)
            #expect(run.output == "Registered shop/s1 of user ada at google: fresh (renewed), token ends in 42m\n")
        }
        #expect(control.registered == [Sample.secret("secret-1")])
    }

    @Test("A secret from a file is registered; a file without one is not sent")
    func addFromFile() async throws {
        let control = Sample.control()
        try await withControl(control) { socket in
            try await withFolder { folder in
                try Data("secret-2\n".utf8).write(to: URL(filePath: folder + "/secret"))
                try Data("\n".utf8).write(to: URL(filePath: folder + "/empty"))
                let add = ["session", "add", "--project", "shop"] + socket + ["--secret-file"]
                let added = await refreshd(add + [folder + "/secret"])
                let empty = await refreshd(add + [folder + "/empty"])
                let missing = await refreshd(add + [folder + "/missing"])

                #expect(added.status == 0)
                #expect(empty.status == 65)
                #expect(empty.notes.contains("holds no secret"))
                #expect(missing.status == 66)
                #expect(missing.notes == "refreshd: the file \(folder)/missing does not exist\n")
            }
        }
        #expect(control.registered == [Sample.secret("secret-2")])
    }

    @Test("Law 7: a secret as an argument is refused and not repeated")
    func secretAsArgument() async {
        let run = await refreshd(["session", "add", "--project", "shop", Sample.canary])

        #expect(run.status == 64)
        #expect(run.notes.contains("A secret is never an argument"))
        #expect(!run.everything.contains(Sample.canary))
    }

    @Test("Sessions are listed as an aligned table")
    func list() async throws {
        let rows = [
            Sample.row("s1"),
            Sample.row("s22", standing: .needsLogin, reason: Reason(.providerRefused, oauthError: .invalidGrant)),
        ]
        try await withControl(Sample.control(rows)) { socket in
            let wide = await refreshd(["session", "list"] + socket)
            let narrow = await refreshd(["session", "list"] + socket, screen: Screen(columns: 72))
            let chosen = await refreshd(["session", "list", "--standing", "needs-login"] + socket)

            #expect(
                wide.output == """
                    SESSION   USER  PROVIDER  STANDING     TOKEN        REASON
                    shop/s1   ada   google    fresh        ends in 42m  renewed
                    shop/s22  ada   google    needs login  ends in 42m  provider refused the refresh (invalid_grant)

                    """)
            #expect(
                narrow.output == """
                    SESSION   USER  PROVIDER  STANDING     TOKEN        REASON
                    shop/s1   ada   google    fresh        ends in 42m  renewed
                    shop/s22  ada   google    needs login  ends in 42m  provider refused th…

                    """)
            #expect(chosen.output.split(separator: "\n").count == 2)
            #expect(chosen.output.contains("shop/s22"))
        }
    }

    @Test("A list of several pages has one heading and all sessions, in JSON one a line")
    func pages() async throws {
        let rows = (0..<1001).map { Sample.row("s\($0)") }
        try await withControl(Sample.control(rows)) { socket in
            let table = await refreshd(["session", "list"] + socket)
            let json = await refreshd(["session", "list", "--json"] + socket)

            let lines = table.output.split(separator: "\n")
            #expect(lines.count == 1002)
            #expect(lines.count { $0.hasPrefix("SESSION") } == 1)
            #expect(Set(lines.dropFirst().compactMap { $0.split(separator: " ").first }).count == 1001)
            #expect(json.output.split(separator: "\n").count == 1001)
            #expect(
                json.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"created_at\":") && $0.hasSuffix("}") })
        }
    }

    @Test("An empty list is said so, and not on standard output")
    func emptyList() async throws {
        try await withControl(Sample.control([])) { socket in
            let run = await refreshd(["session", "list", "--user", "eve"] + socket)

            #expect(run.status == 0)
            #expect(run.output == "")
            #expect(run.notes == "refreshd: no session matches\n")
        }
    }

    @Test("A session is shown with all that is known, no secret, and foreign text escaped")
    func show() async throws {
        let row = Sample.row(
            verdict: .failing(failures: 2, retryAt: Sample.now + .seconds(30)),
            heat: Heat(reads: 200, at: Sample.now),
            episodes: [
                Episode(
                    reason: Reason(.renewed), times: 212, first: Sample.now - .days(9), last: Sample.now - .seconds(60)),
                Episode(
                    reason: Reason(.providerRefused, oauthError: .invalidGrant), first: Sample.now, last: Sample.now),
            ])
        try await withControl(Sample.control([row], status: Sample.troubledStatus)) { socket in
            let run = await refreshd(["session", "show", "shop/s1"] + socket)

            #expect(
                run.output == """
                    session        shop/s1
                    user           ada
                    provider       google, account ada\\u{1b}[2J@example.org
                    standing       fresh: renewed
                    that is        its token lives long enough
                    failures       2 in a row
                    next           a refresh in 37m, at 2026-11-24 02:40:34 UTC
                    token          ends in 42m, at 2026-11-24 02:45:34 UTC; issued 2026-11-24 02:02:04 UTC
                    refresh token  there is one
                    kept fresh     as long as it lives
                    read           about 12 times an hour, last 2m ago
                    host           cloud.example: 4 of 10 calls left, a new window in 23m
                    trouble        calls do not suffice at cloud.example, for 3m
                    trouble        API key refused at shop, for 3m, next try now
                    trouble        provider failing at shop/google, for 3m, next try in 40s
                    credential     its secret
                    session ends   2027-11-24 02:03:04 UTC
                    created        2026-11-22 02:03:04 UTC
                    found          2026-11-23 02:03:04 UTC
                    looked at      2026-11-24 02:02:59 UTC

                    LAST                     OUTCOME                                       TIMES  SINCE
                    2026-11-24 02:03:04 UTC  provider refused the refresh (invalid_grant)  1      -
                    2026-11-24 02:02:04 UTC  renewed                                       212    9d ago

                    """)
            #expect(!run.everything.contains(Sample.canary))
            let narrow = await refreshd(["session", "show", "shop/s1"] + socket, screen: Screen(columns: 58))
            #expect(narrow.output.split(separator: "\n").allSatisfy { $0.count <= 58 })
            #expect(
                narrow.output.contains("next           a refresh in 37m, at 2026-11-24 02:40:34\n               UTC\n"))
        }
    }

    @Test("A list is narrowed by the daemon, and by what is to end soon, in the order of the ends")
    func filters() async throws {
        var late = Sample.row("s1")
        late.token?.expiresAt = Sample.now + .seconds(500)
        var soon = Sample.row("s2")
        soon.token?.expiresAt = Sample.now + .seconds(400)
        let failing = Sample.row(
            "s3", standing: .backingOff, verdict: .failing(failures: 1, retryAt: Sample.now + .seconds(9)))
        let many = (10..<1020).map { number in
            var row = Sample.row("m\(number)")
            row.token?.expiresAt = Sample.now + .seconds(300)
            return row
        }
        try await withControl(Sample.control([late, soon, failing] + many)) { socket in
            let ending = await refreshd(["session", "list", "--expires-within", "9m", "--json"] + socket)
            let ids = ending.output.split(separator: "\n").compactMap { line in
                line.firstMatch(of: /"session_id":"(\w+)"/).map { String($0.output.1) }
            }
            #expect(ids == many.map(\.key.session.rawValue).sorted() + ["s2", "s1"])
            let troubled = await refreshd(["session", "list", "--failing"] + socket)
            #expect(troubled.output.split(separator: "\n").count == 2)
            #expect(troubled.output.contains("shop/s3"))
        }
    }

    @Test("A terminal that has colours gets them, and the words are the same without")
    func colours() async throws {
        let rows = [Sample.row("s1"), Sample.row("s2", standing: .needsLogin)]
        try await withControl(Sample.control(rows)) { socket in
            let list = ["session", "list"] + socket
            let plain = await refreshd(list, screen: Screen(columns: 100))
            let coloured = await refreshd(list, screen: Screen(columns: 100, hasColours: true))
            #expect(!plain.output.contains("\u{1B}"))
            #expect(coloured.output.contains("\u{1B}[32mfresh\u{1B}[0m"))
            #expect(coloured.output.contains("\u{1B}[31mneeds login\u{1B}[0m"))
            #expect(coloured.output.replacing(/\u{1B}\[\d+m/, with: "") == plain.output)
        }
    }

    @Test("What is not there is told by its exit status")
    func unknown() async throws {
        try await withControl(Sample.control([])) { socket in
            for command in ["show", "remove", "refresh"] {
                let run = await refreshd(["session", command, "shop/s9"] + socket)

                #expect(run.status == 66)
                #expect(run.notes.contains("shop/s9"))
            }
        }
    }

    @Test("A removed session is gone")
    func remove() async throws {
        try await withControl(Sample.control()) { socket in
            let run = await refreshd(["session", "remove", "shop/s1"] + socket)
            let again = await refreshd(["session", "show", "shop/s1"] + socket)

            #expect(run.status == 0)
            #expect(run.output == "shop/s1 is forgotten.\n")
            #expect(again.status == 66)
        }
    }

    @Test(
        "A refresh ends with 0 only when a new token came",
        arguments: [
            (RefreshReport.Ending.renewed, 0), (.notNow, 75), (.failed, 75), (.underWay, 75),
        ] as [(RefreshReport.Ending, Int32)])
    func refresh(ending: RefreshReport.Ending, status: Int32) async throws {
        try await withControl(Sample.control(ending: ending)) { socket in
            let run = await refreshd(["session", "refresh", "shop/s1"] + socket)

            #expect(run.status == status)
            #expect(run.everything.contains("shop/s1: \(ending.rawValue). It stands so: shop/s1 of user ada"))
            #expect(run.output.isEmpty == (status != 0))
        }
    }
}

@Suite("refreshd status", .timeLimit(.minutes(10))) struct StatusCommandTests {
    @Test("The daemon in a glance")
    func glance() async throws {
        try await withControl(Sample.control()) { socket in
            let run = await refreshd(["status"] + socket)

            #expect(run.status == 0)
            #expect(
                run.output == """
                    refreshd runs since 2026-11-23 23:03:04 UTC, for 3h.

                    HOST           CALLS LEFT   NEXT WINDOW
                    cloud.example  4 of 10      in 23m
                    own.example    not limited  -

                    PROJECT  STANDING     SESSIONS
                    shop     fresh        1200
                    shop     needs login  3
                    side     -            0

                    The next session is looked at in 12s.

                    """)
        }
    }

    @Test("What is wrong is a table, and a host whose calls do not suffice has a line")
    func trouble() async throws {
        try await withControl(Sample.control(status: Sample.troubledStatus)) { socket in
            let run = await refreshd(["status"] + socket)

            #expect(
                run.output == """
                    refreshd runs since 2026-11-23 23:03:04 UTC, for 3h.

                    HOST           CALLS LEFT   NEXT WINDOW
                    cloud.example  4 of 10      in 23m
                    own.example    not limited  -

                    cloud.example: 14 grants need 14.4 calls an hour, 8 available: 7 not kept; a dev key lifts the limit.

                    SINCE                    WHERE          WHAT                  NEXT TRY
                    2026-11-24 02:00:04 UTC  cloud.example  calls do not suffice  -
                    2026-11-24 02:00:04 UTC  shop           API key refused       now
                    2026-11-24 02:00:04 UTC  shop/google    provider failing      in 40s

                    PROJECT  STANDING  SESSIONS
                    shop     fresh     14

                    """)
        }
    }

    @Test("With --json it is one line")
    func json() async throws {
        try await withControl(Sample.control(status: Sample.troubledStatus)) { socket in
            let run = await refreshd(["status", "--json"] + socket)

            #expect(run.output.split(separator: "\n").count == 1)
            #expect(run.output.contains("\"counts\":"))
            #expect(run.output.contains("\"conditions\":[{\"cause\":\"calls do not suffice\""))
            #expect(run.output.contains("\"shortage\":{\"available_per_hour\":8,"))
        }
    }

    @Test("A store that cannot be used is worth another try, a damaged one is not")
    func store() async throws {
        for (failure, status) in [(StoreError.unavailable("disk full"), Int32(75)), (.damaged("no key"), 69)] {
            try await withControl(Sample.control(failure: .store(failure))) { socket in
                let run = await refreshd(["status"] + socket)

                #expect(run.status == status)
            }
        }
    }
}
