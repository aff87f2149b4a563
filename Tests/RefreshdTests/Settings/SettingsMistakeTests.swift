// What a stranger is told of a wrong settings file: each message to the letter, with line and column.

import Refreshd
import Testing

/// The mistakes of a text, one a line, as an operator sees them.
func mistakes(in text: String) -> [String] {
    do throws(SettingsError) {
        _ = try Settings.parse(text, file: "refreshd.yaml")
        return []
    } catch {
        return error.description.split(separator: "\n").dropFirst().map(String.init)
    }
}

/// A sound project's section, to which the mistakes of a case are added.
private let project = """
    projects:
      main:
        endpoint: https://cloud.example/v1
        project: shop

    """

struct MistakeCase: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let told: [String]

    /// `lines` follow a sound project's section, from line 5 on.
    init(_ name: String, after lines: String, told: String...) {
        self.name = name
        text = project + lines + "\n"
        self.told = told
    }

    init(_ name: String, whole text: String, told: String...) {
        self.name = name
        self.text = text + "\n"
        self.told = told
    }

    var testDescription: String { name }
}

@Suite("Mistakes in settings") struct SettingsMistakeTests {
    @Test("Each is told with place, key, what was found and what was expected", arguments: cases)
    func told(_ given: MistakeCase) {
        #expect(mistakes(in: given.text) == given.told)
    }

    private static let cases: [MistakeCase] = keys + values + sections + keepRules + spans + endpoints + ways + numbers

    private static let keys = [
        MistakeCase(
            "a misspelt key", after: "    budgt: { limit: 5 }",
            told: "refreshd.yaml:5:5: projects.main.budgt: unknown key. Did you mean budget?"),
        MistakeCase(
            "a key in another style", after: "    allow_plain_http: true",
            told: "refreshd.yaml:5:5: projects.main.allow_plain_http: unknown key. Did you mean allowPlainHTTP?"),
        MistakeCase(
            "a key that nobody knows", after: "log: { level: info, colour: blue }",
            told: "refreshd.yaml:5:21: log.colour: unknown key. Known here: level, format."),
        MistakeCase(
            "a repeated key", after: "    project: other",
            told: "refreshd.yaml:5:5: projects.main.project: this key was already given on line 4. "
                + "Keep one of the two."),
        MistakeCase(
            "several repeated keys", after: "    project: a\nlog: { level: info, \"level\": debug, level: notice }",
            told: "refreshd.yaml:5:5: projects.main.project: this key was already given on line 4. "
                + "Keep one of the two.",
            "refreshd.yaml:6:21: log.level: this key was already given on line 6. Keep one of the two.",
            "refreshd.yaml:6:37: log.level: this key was already given on line 6. Keep one of the two."),
        MistakeCase(
            "required keys that are missing or empty", whole: "projects:\n  main:\n    endpoint:",
            told: "refreshd.yaml:2:3: projects.main.project: this key is required. "
                + "Write, for example: project: my-project",
            "refreshd.yaml:3:5: projects.main.endpoint: this key is required. "
                + "Write, for example: endpoint: https://cloud.example/v1"),
        MistakeCase(
            "no project at all", whole: "# nothing here",
            told: "refreshd.yaml:1:1: projects: this key is required. "
                + "Write, for example: projects: { main: { endpoint: https://cloud.example/v1, project: my-project } }"),
        MistakeCase(
            "a secret in the file", after: "    apiKey: standard_0123",
            told: "refreshd.yaml:5:5: projects.main.apiKey: Secrets do not stand in this file. Put the secret into a "
                + "file that only root can read, pass it by LoadCredential= in the unit, and name it here by "
                + "apiKeyCredential; or give the file's path by apiKeyFile. If the secret was real, take it out of "
                + "this file and replace it by a new one: it may have been read or copied."),
    ]

    private static let values = [
        MistakeCase(
            "a number without unit", after: "    stopAfter: 30",
            told: "refreshd.yaml:5:16: projects.main.stopAfter: found 30, expected a duration such as 30s, 5m, 1h or "
                + "30d. Write the unit too: 30s for seconds, 30m for minutes."),
        MistakeCase(
            "several units", after: "waits: { margin: 1h30m }",
            told: "refreshd.yaml:5:18: waits.margin: found 1h30m, expected a duration such as 30s, 5m, 1h or 30d. "
                + "Write one number and one unit: 90m, not 1h30m."),
        MistakeCase(
            "no time at all", after: "waits: { margin: 0s }",
            told: "refreshd.yaml:5:18: waits.margin: found 0s, expected a duration such as 30s, 5m, 1h or 30d. "
                + "It must be 100ms to 3650d."),
        MistakeCase(
            "more than a lifetime", after: "waits: { margin: 99999999999999999999h }",
            told: "refreshd.yaml:5:18: waits.margin: found 99999999999999999999h, expected a duration such as 30s, "
                + "5m, 1h or 30d. The longest is 3650d."),
        MistakeCase(
            "a word for a truth", after: "    unmetered: yes",
            told: "refreshd.yaml:5:16: projects.main.unmetered: found yes, expected true or false. Write true."),
        MistakeCase(
            "text for a number", after: "    pace: { maxInFlight: \"8\" }",
            told: "refreshd.yaml:5:26: projects.main.pace.maxInFlight: found \"8\", expected a whole number from 1 to "
                + "1000. Leave the quotes away."),
        MistakeCase(
            "a list for a section", after: "    budget: [1, 2]",
            told: "refreshd.yaml:5:13: projects.main.budget: found a list, expected a section: keys below this one, "
                + "indented. Leave out the dashes and brackets: keys have names here."),
        MistakeCase(
            "a section for a value, and a tag", after: "log: { level: { a: b } }\nwaits: { margin: !env MARGIN }",
            told: "refreshd.yaml:5:15: log.level: found a section, expected one of trace, debug, info, notice, "
                + "warning, error, critical.",
            "refreshd.yaml:6:18: waits.margin: found MARGIN, expected a duration such as 30s, 5m, 1h or 30d. "
                + "Tags such as !name mean nothing here."),
        MistakeCase(
            "a level that is nearly one", after: "log: { level: \"inf\\u001b[2Jo\" }",
            told: "refreshd.yaml:5:15: log.level: found \"inf\\u{1b}[2Jo\", expected one of trace, debug, info, "
                + "notice, warning, error, critical."),
        MistakeCase(
            "an address without its path", whole: "projects: { main: { project: shop, endpoint: https://a.example } }",
            told: "refreshd.yaml:1:46: projects.main.endpoint: found https://a.example, expected an address such as "
                + "https://cloud.example/v1. The endpoint needs the path of the API, /v1. Write https://a.example/v1."),
        MistakeCase(
            "relative and long paths",
            after: "    caFile: ca.pem\nsockets: { token: { path: /\(String(repeating: "a", count: 107)), mode: 66 } }",
            told: "refreshd.yaml:5:13: projects.main.caFile: found ca.pem, expected an absolute path. "
                + "It must start with a slash.",
            "refreshd.yaml:6:27: sockets.token.path: found /\(String(repeating: "a", count: 59))…, expected an "
                + "absolute path of at most 107 bytes. It has 108 bytes, and the kernel takes no longer path for a "
                + "socket.",
            "refreshd.yaml:6:143: sockets.token.mode: found 66, expected permissions such as \"0660\". "
                + "Write a digit each for owner, group and others: 6 for who may connect, 0 for who may not."),
    ]

    private static let sections = [
        MistakeCase(
            "a budget kept back whole", after: "    budget: { limit: 2 }",
            told: "refreshd.yaml:5:15: projects.main.budget.limit: The reserve is 2 and the limit 2: the reserve must "
                + "be less than the limit."),
        MistakeCase(
            "one project twice", after: "  again:\n    endpoint: HTTPS://Cloud.example/v1/\n    project: shop",
            told: "refreshd.yaml:7:5: projects.again.project: This is the same Appwrite project as main: its sessions "
                + "would be refreshed twice. Keep one of the two."),
        MistakeCase(
            "two budgets for one host",
            after: """
                  other:
                    endpoint: https://cloud.example:8443/v1
                    project: books
                    budget: { limit: 20 }
                    pace: { maxInFlight: 2 }
                """,
            told: "refreshd.yaml:8:5: projects.other.budget: main is on the same host, cloud.example, and Appwrite "
                + "counts by host name: both need the same budget. Here it is limit 20, window 1h, reserve 2, "
                + "openingDelay 2s; there limit 10, window 1h, reserve 2, openingDelay 2s.",
            "refreshd.yaml:9:5: projects.other.pace: main is on the same host, cloud.example: both need the same "
                + "pace. Here it is maxPerSecond 20, maxInFlight 2; there maxPerSecond 20, maxInFlight 8."),
        MistakeCase(
            "names that are none",
            whole: """
                projects:
                  console: { endpoint: https://a.example/v1, project: console }
                  my shop: { endpoint: http://b.example/v1, project: shop, providers: { "goo gle": {} } }
                """,
            told: "refreshd.yaml:2:3: projects.console: This name is Appwrite's own. Choose another name for the "
                + "project.",
            "refreshd.yaml:2:55: projects.console.project: found console, expected the project's id as Appwrite's "
                + "console shows it. That one is Appwrite's own: its sessions are administrators'.",
            "refreshd.yaml:3:3: projects.my shop: found my shop, expected a name for the project. A name has at most "
                + "64 letters, digits and . _ - and starts with a letter or digit.",
            "refreshd.yaml:3:24: projects.my shop.endpoint: found http://b.example/v1, expected an address such as "
                + "https://cloud.example/v1. Over plain http, keys and tokens cross the network in clear. Use https, "
                + "or set allowPlainHTTP: true where the network itself is safe.",
            "refreshd.yaml:3:73: projects.my shop.providers.goo gle.assumedLifetime: this key is required. "
                + "Write, for example: assumedLifetime: 2h",
            "refreshd.yaml:3:73: projects.my shop.providers.goo gle: found goo gle, expected the name of a provider, "
                + "such as google."),
        MistakeCase(
            "rules of access for projects with mistakes of their own",
            whole: """
                projects:
                  main: { endpoint: https://a.example/v1, project: a }
                  side: { endpoint: https://b.example/v1 }
                  club: none
                access: [{ allow: read, project: side }, { allow: register, project: club }]
                """,
            told: "refreshd.yaml:3:3: projects.side.project: this key is required. Write, for example: project: "
                + "my-project",
            "refreshd.yaml:4:9: projects.club: found none, expected a section: keys below this one, indented."),
        MistakeCase(
            "two places for one secret", after: "    apiKeyCredential: key\n    apiKeyFile: /key",
            told: "refreshd.yaml:6:5: projects.main.apiKeyFile: The secret has one place only: keep apiKeyCredential "
                + "or apiKeyFile."),
        MistakeCase(
            "sockets that give too much away",
            after: "sockets: { control: { path: /run/refreshd/token.sock, mode: 666 } }",
            told: "refreshd.yaml:5:12: sockets.control: The two sockets must have different paths: both are "
                + "/run/refreshd/token.sock.",
            "refreshd.yaml:5:55: sockets.control.mode: The last digit must be 0: whoever opens this socket can "
                + "register and remove sessions."),
        MistakeCase(
            "waits that undo each other",
            after: "    discovery: { every: 7h }\nwaits: { doubtFor: 30s }\ncalls: { refreshTimeout: 30s }",
            told: "refreshd.yaml:5:18: projects.main.discovery.every: discovery.walkEvery, which is 6h, must not be "
                + "less than discovery.every, which is 7h.",
            "refreshd.yaml:7:10: calls.refreshTimeout: calls.refreshTimeout, which is 30s, must be less than "
                + "waits.doubtFor, which is 30s: a refresh still waited for is not in doubt."),
        MistakeCase(
            "a margin that grows when calls are scarce", after: "waits: { margin: 1m, marginWhenTight: 2m }",
            told: "refreshd.yaml:5:22: waits.marginWhenTight: waits.marginWhenTight, which is 2m, must not be more "
                + "than waits.margin, which is 1m: the shorter a margin, the fewer calls it costs."),
    ]

    private static let item = "a rule such as { provider: google, keep: always }"
    private static let keeping = "used, always, or a time of day by UTC such as \"03:00 for 45m\""

    private static let empty =
        "A key without a value would make the rule fit all sessions: give it one, or take it out."

    private static let keepRules = [
        MistakeCase(
            "one word for all rules", after: "    keep: always",
            told: "refreshd.yaml:5:11: projects.main.keep: found always, expected a list, each of its items \(item)."),
        MistakeCase(
            "one rule in place of a list", after: "    keep: { provider: google, keep: always }",
            told: "refreshd.yaml:5:11: projects.main.keep: found a section, expected a list, each of its items \(item)."
        ),
        MistakeCase(
            "rules that are none", after: "    keep:\n      - always\n      - [google, always]\n      -",
            told: "refreshd.yaml:6:9: projects.main.keep: found always, expected \(item).",
            "refreshd.yaml:7:9: projects.main.keep: found a list, expected \(item).",
            "refreshd.yaml:8:8: projects.main.keep: found nothing, expected \(item)."),
        MistakeCase(
            "a rule that does not say how to keep", after: "    keep: [{ user: ada }]",
            told: "refreshd.yaml:5:12: projects.main.keep.keep: this key is required. Write, for example: keep: always"),
        MistakeCase(
            "a key that no rule has", after: "    keep: [{ providers: google, keep: used, until: 04:00 }]",
            told: "refreshd.yaml:5:14: projects.main.keep.providers: unknown key. Did you mean provider?",
            "refreshd.yaml:5:45: projects.main.keep.until: unknown key. Known here: user, provider, keep."),
        MistakeCase(
            "a key that a rule has twice", after: "    keep: [{ user: ada, user: bob, keep: used }]",
            told: "refreshd.yaml:5:25: projects.main.keep.user: this key was already given on line 5. "
                + "Keep one of the two."),
        MistakeCase(
            "keys without values", after: "    keep: [{ user: , keep: used }, { user: a, provider: ~, keep: always }]",
            told: "refreshd.yaml:5:14: projects.main.keep.user: \(empty)",
            "refreshd.yaml:5:47: projects.main.keep.provider: \(empty)"),
        MistakeCase(
            "patterns that no name fits", after: "    keep: [{ user: ada@example.org, provider: \"\", keep: used }]",
            told: "refreshd.yaml:5:20: projects.main.keep.user: found ada@example.org, expected a user id, in which * "
                + "stands for any characters. It has letters, digits and . _ - and * only.",
            "refreshd.yaml:5:47: projects.main.keep.provider: found \"\", expected a provider, in which * stands for "
                + "any characters. It has letters, digits and . _ - and * only."),
        MistakeCase(
            "a list for a pattern", after: "    keep: [{ provider: [google, spotify], keep: used }]",
            told: "refreshd.yaml:5:24: projects.main.keep.provider: found a list, expected a provider, in which * "
                + "stands for any characters."),
        MistakeCase(
            "a rule below one that fits all",
            after: "    keep: [{ user: \"*\", keep: used }, { user: a, keep: always }]",
            told: "refreshd.yaml:5:39: projects.main.keep: A rule above fits all sessions, and the first that fits "
                + "holds: this one never does. Put it above that one."),
        MistakeCase(
            "a rule below one with a mistake", after: "    keep: [{ user: ä, keep: used }, { user: a, keep: always }]",
            told: "refreshd.yaml:5:20: projects.main.keep.user: found ä, expected a user id, in which * stands for any "
                + "characters. It has letters, digits and . _ - and * only."),
    ]

    private static let spans: [MistakeCase] = [
        ("alway", "Did you mean always?"), ("03:00", "Say for how long, too."),
        ("24:00 for 1h", "The time of day is written HH:MM, from 00:00 to 23:59."),
        ("03:60 for 1h", "The time of day is written HH:MM, from 00:00 to 23:59."),
        ("3:00 for 1h", "The time of day is written HH:MM, from 00:00 to 23:59."),
        ("03:00 for 45", "Write the unit too: 45s for seconds, 45m for minutes."),
        ("03:00 for 0s", "It must last longer than nothing, and no longer than a day."),
        ("03:00 for 25h", "It must last longer than nothing, and no longer than a day."),
        ("03:00 to 04:00", ""), ("03:00 CET for 45m", ""), ("daily", ""), ("03:00:00 for 45m", ""),
    ].map { text, hint in
        MistakeCase(
            "a rule to keep \(text)", after: "    keep: [{ keep: \(text) }]",
            told: "refreshd.yaml:5:20: projects.main.keep.keep: found \(text), expected \(keeping)."
                + (hint.isEmpty ? "" : " \(hint)"))
    }
}
