// `refreshd token`, and `refreshd-token`, against a scripted token API.

import Fakes
import RefreshEngine
import RefreshPolicy
import Testing

@Suite("refreshd token and refreshd-token", .timeLimit(.minutes(10))) struct TokenCommandTests {
    @Test("The token alone is on standard output, and nothing on standard error", arguments: TokenPrinter.allCases)
    func tokenAlone(printer: TokenPrinter) async throws {
        let tokens = ScriptedTokens(Sample.token())
        try await withTokens(tokens) { socket in
            let run = await printer.run(["--user", "ada", "--provider", "google"] + socket)

            #expect(run.status == 0)
            #expect(run.output == "token-\(Sample.canary)\n")
            #expect(run.notes == "")
        }
        let request = TokenRequest(
            subject: .grant(project: nil, user: Sample.id("ada"), provider: Sample.id("google"), providerUID: nil),
            minValid: .seconds(60), maxWait: .seconds(30))
        #expect(await firstEvent(of: tokens) == .asked(request))
    }

    @Test("What was asked for arrives as it was typed, and time is rounded up", arguments: TokenPrinter.allCases)
    func request(printer: TokenPrinter) async throws {
        let tokens = ScriptedTokens(Sample.token())
        let uid = "ü +&=%/?#ada"
        try await withTokens(tokens) { socket in
            _ = await printer.run(
                [
                    "--project", "shop", "--user", "ada", "--provider", "google", "--provider-uid", uid,
                    "--min-valid", "5m", "--max-wait", "1500ms",
                ] + socket)
        }
        let request = TokenRequest(
            subject: .grant(
                project: Sample.id("shop"), user: Sample.id("ada"), provider: Sample.id("google"), providerUID: uid),
            minValid: .seconds(300), maxWait: .seconds(2))
        #expect(await firstEvent(of: tokens) == .asked(request))
    }

    @Test("A session is asked for by its name", arguments: TokenPrinter.allCases)
    func session(printer: TokenPrinter) async throws {
        let tokens = ScriptedTokens(Sample.token())
        try await withTokens(tokens) { socket in
            let run = await printer.run(["--session", "shop/s1", "--max-wait", "0s"] + socket)
            #expect(run.status == 0)
        }
        let request = TokenRequest(subject: .session(Sample.key), minValid: .seconds(60), maxWait: .zero)
        #expect(await firstEvent(of: tokens) == .asked(request))
    }

    @Test("With --json the answer is one line, as the API gave it", arguments: TokenPrinter.allCases)
    func json(printer: TokenPrinter) async throws {
        try await withTokens(ScriptedTokens(Sample.token())) { socket in
            let run = await printer.run(["--session", "shop/s1", "--json"] + socket)

            #expect(
                run.output == """
                    {"access_token":"token-CANARY-9f3a","expires_at":"2026-11-24T02:33:04.005Z","expires_in":1800,\
                    "issued_at":"2026-11-24T02:02:04.005Z","min_valid_met":true,"project":"shop","provider":"google",\
                    "provider_uid":"ada@example.org","session_id":"s1","standing":"fresh","token_type":"Bearer",\
                    "user_id":"ada"}

                    """)
        }
    }

    @Test(
        "A token that ends sooner than wished is printed, with a word on standard error",
        arguments: TokenPrinter.allCases)
    func tooShort(printer: TokenPrinter) async throws {
        try await withTokens(ScriptedTokens(Sample.token(minValidMet: false))) { socket in
            let run = await printer.run(["--session", "shop/s1", "--min-valid", "1h"] + socket)

            #expect(run.status == 0)
            #expect(run.output == "token-\(Sample.canary)\n")
            #expect(
                run.notes == "\(printer.rawValue): this token ends in 1800s: sooner than asked for, and all there is\n")
        }
    }

    @Test("Several accounts are listed as the options that name them", arguments: TokenPrinter.allCases)
    func severalGrants(printer: TokenPrinter) async throws {
        let reply = TokenReply.severalGrants([Sample.grant("1234"), Sample.grant("56\u{1B}[2J78")])
        try await withTokens(ScriptedTokens(reply)) { socket in
            let run = await printer.run(["--user", "ada", "--provider", "google"] + socket)

            #expect(run.status == 64)
            #expect(run.output == "")
            #expect(
                run.notes == """
                    \(printer.rawValue): The user has several accounts at this provider. Name one of them:
                      --project shop --provider-uid 1234
                      --project shop --provider-uid 56\\u{1b}[2J78

                    """)
        }
    }

    @Test(
        "Each way of having no token has its exit status, and nothing on standard output",
        arguments: TokenPrinter.allCases,
        [
            (TokenReply.unknownSession, 66),
            (.unknownProject(known: [Sample.id("shop")]), 66),
            (.projectNeeded(known: [Sample.id("shop"), Sample.id("side")]), 64),
            (.ended(Sample.key, Reason(.loggedOut)), 67),
            (.notNow("too many readers wait"), 75),
            (
                .unavailable(
                    Unavailability(
                        key: Sample.key, standing: .needsLogin, reason: Reason(.providerRefused), retryAt: nil)), 67
            ),
            (
                .unavailable(
                    Unavailability(
                        key: Sample.key, standing: .backingOff, reason: Reason(.unreachable),
                        retryAt: Sample.now + .seconds(9))), 75
            ),
        ] as [(TokenReply, Int32)])
    func failures(printer: TokenPrinter, _ expected: (reply: TokenReply, status: Int32)) async throws {
        try await withTokens(ScriptedTokens(expected.reply)) { socket in
            let run = await printer.run(["--user", "ada", "--provider", "google"] + socket)

            #expect(run.status == expected.status)
            #expect(run.output == "")
            #expect(run.notes.hasPrefix("\(printer.rawValue): "))
        }
    }

    @Test("Advice names the command line's options, not the API's parameters", arguments: TokenPrinter.allCases)
    func options(printer: TokenPrinter) async throws {
        try await withTokens(ScriptedTokens(.projectNeeded(known: [Sample.id("shop")]))) { socket in
            let run = await printer.run(["--user", "ada", "--provider", "google"] + socket)

            #expect(run.notes.contains("--project"))
            #expect(!run.notes.contains("`"))
        }
    }

    @Test("The other socket is told from the right one", arguments: TokenPrinter.allCases)
    func otherSocket(printer: TokenPrinter) async throws {
        try await withControl(Sample.control()) { socket in
            let run = await printer.run(["--session", "shop/s1"] + socket)

            #expect(run.status == 70)
            #expect(run.notes.contains("asks the token socket"))
        }
    }

    @Test("The help of all commands has the options that are taken, each in its words")
    func options() async {
        let taken = options(of: await TokenPrinter.refreshdToken.run(["--help"]))
        #expect(taken["--max-wait"] == "How long to wait for a refresh; 0s for not at all. (default: 30s)")
        #expect(taken == options(of: await TokenPrinter.refreshd.run(["--help"])))
        #expect(taken == options(of: await refreshd(["help", "token"])))
    }

    /// What the help says of each option.
    private func options(of help: CommandRun) -> [Substring: String] {
        var (options, last): ([Substring: String], Substring?) = ([:], nil)
        for line in help.output.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("  -"), let name = line.split(separator: " ").first(where: { $0.hasPrefix("--") }) {
                last = name
                let parts = line.dropFirst(3).split(separator: "  ", maxSplits: 1)
                options[name] = parts.last?.drop { $0 == " " }.description
            } else if let name = last, line.hasPrefix("     ") {
                options[name]? += " " + line.drop { $0 == " " }
            } else {
                last = nil
            }
        }
        return options
    }

    private func firstEvent(of tokens: ScriptedTokens) async -> ScriptedTokens.Event? {
        await tokens.events.first { _ in true }
    }
}
