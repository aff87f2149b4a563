// `refreshd forget` against a scripted control API.

import RefreshEngine
import RefreshPolicy
import Testing

@Suite("refreshd forget", .timeLimit(.minutes(10))) struct ForgetCommandTests {
    @Test("says what was erased, and what would bring it back")
    func forget() async throws {
        let control = Sample.control([Sample.row("s1"), Sample.row("s2")])
        try await withControl(control) { socket in
            let run = await refreshd(["forget", "--user", "ada"] + socket)

            #expect(run.status == 0)
            #expect(run.output == "shop: 2 sessions of user ada erased, with all tokens.\n")
            #expect(
                run.notes == """
                    refreshd: as long as the user is logged in at Appwrite, the sessions of shop are found again by the \
                    API key. To have them gone for good, delete the user there, or end their sessions.

                    """)
            let again = await refreshd(["forget", "--user", "ada"] + socket)
            #expect(again.status == 66)
            #expect(again.notes.contains("knows no session of this user"))
        }
    }

    @Test("keeps to the project that is named, and writes JSON for programs")
    func json() async throws {
        try await withControl(Sample.control([Sample.row("s1")])) { socket in
            let elsewhere = await refreshd(["forget", "--user", "ada", "--project", "side"] + socket)
            #expect(elsewhere.status == 66)
            let run = await refreshd(["forget", "--user", "ada", "--project", "shop", "--json"] + socket)
            #expect(run.status == 0 && run.notes.isEmpty)
            #expect(
                run.output
                    == #"{"projects":[{"comes_back":true,"project":"shop","sessions":1}],"user_id":"ada"}"# + "\n")
        }
    }

    @Test("needs to be told whom")
    func nobody() async {
        let run = await refreshd(["forget"])
        #expect(run.status == 64)
        #expect(run.notes.contains("--user"))
    }
}
