// The commands of somebody whom the rules of access do not allow everything.

import Fakes
import Glibc
import RefreshPolicy
import Testing
import TokenAPI

@Suite("Commands before a door", .timeLimit(.minutes(10))) struct AccessCommandTests {
    /// Lets this very user register in one project, and nobody read.
    private let door: Doorkeeper = {
        let me = AccessRule.Account(geteuid(), "me")
        var register = AccessRule(.allow, .register, at: AccessRule.Place(number: 1, line: 11))
        (register.uid, register.project) = (me, NamePattern("shop"))
        var read = AccessRule(.refuse, .read, at: AccessRule.Place(number: 2, line: 12))
        read.uid = me
        return Doorkeeper(AccessRules([register, read]))
    }()

    @Test("A refused token is told with its rule, what to do and a status of its own", arguments: TokenPrinter.allCases)
    func refused(printer: TokenPrinter) async throws {
        try await withTokens(ScriptedTokens(Sample.token(), projects: [Sample.id("shop")]), door: door) { socket in
            let run = await printer.run(["--user", "ada", "--provider", "google"] + socket)
            #expect(run.status == 77)
            #expect(run.output.isEmpty)
            #expect(run.notes.contains("may not read this token: rule 2 of `access` (line 12 of the settings)"))
            #expect(run.notes.contains("refreshd check --as \(geteuid())"))
            #expect(!run.everything.contains(Sample.canary))
        }
    }

    @Test("Whoever may only register adds a session on the token socket, and is told whose it is")
    func registers() async throws {
        try await withTokens(ScriptedTokens(.unknownSession), door: door) { socket in
            let add = ["session", "add", "--project"]
            let run = await refreshd(add + ["shop"] + socket, input: "secret-1")
            #expect(run.status == 0)
            #expect(run.output == "Registered shop/s1 of user ada at google\n")
            let json = await refreshd(add + ["shop", "--json"] + socket, input: "secret-1")
            #expect(json.output == #"{"project":"shop","provider":"google","session_id":"s1","user_id":"ada"}"# + "\n")
            let other = await refreshd(add + ["side"] + socket, input: "secret-1")
            #expect(other.status == 77)
        }
    }
}
