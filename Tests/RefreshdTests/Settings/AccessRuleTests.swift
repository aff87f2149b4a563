// Rules of access in a settings file: what comes of them, and what a stranger is told of wrong ones, to the letter.

import Glibc
import RefreshPolicy
import Testing
import TokenAPI
import Vocabulary

@testable import Refreshd

/// A machine with a few users and groups.
private let machine = LocalAccounts(
    user: { ["www-data": .number(33), "backend": .number(1001)][$0] ?? .unknown },
    group: {
        ["operators": .number(50), "bots": .number(60), "far": .unanswered("Connection refused")][$0] ?? .unknown
    },
    knownUsers: { ["root", "www-data", "backend"] }, knownGroups: { ["operators", "bots"] })

private let projects = """
    projects:
      main: { endpoint: https://cloud.example/v1, project: shop }
      side: { endpoint: https://b.example/v1, project: b }

    """

private func parse(_ lines: String) throws(SettingsError) -> AccessRules {
    try Settings.parse(projects + lines + "\n", file: "refreshd.yaml", accounts: machine).access
}

/// The mistakes of lines that begin at line 4, as an operator sees them.
private func told(_ lines: String) -> [String] {
    do throws(SettingsError) {
        _ = try parse(lines)
        return []
    } catch {
        return error.description.split(separator: "\n").dropFirst().map { String($0.dropFirst("refreshd.yaml:".count)) }
    }
}

@Suite("Rules of access in the settings") struct AccessRuleTests {
    @Test("Every key reaches its rule, and names become numbers")
    func values() throws {
        let rules = try parse(
            """
            access:
              - { uid: www-data, gid: 12, refuse: read, socket: token, project: "m*", user: "*-bot", provider: google }
              - allow: register
                uid: 1001
                project: side
              - { gid: operators, allow: control }
              - { allow: read }
            """)
        var first = AccessRule(.refuse, .read, at: AccessRule.Place(number: 1, line: 5))
        first.uid = AccessRule.Account(33, "www-data")
        first.gid = AccessRule.Account(12, "12")
        first.socket = .token
        first.project = NamePattern("m*")
        first.user = NamePattern("*-bot")
        first.provider = NamePattern("google")
        var second = AccessRule(.allow, .register, at: AccessRule.Place(number: 2, line: 6))
        second.uid = AccessRule.Account(1001, "1001")
        second.project = NamePattern("side")
        var third = AccessRule(.allow, .control, at: AccessRule.Place(number: 3, line: 9))
        third.gid = AccessRule.Account(50, "operators")
        let last = AccessRule(.allow, .read, at: AccessRule.Place(number: 4, line: 10))
        #expect(rules == AccessRules([first, second, third, last]))
    }

    @Test("No rules are sound")
    func none() throws {
        for lines in ["access: []", "access:", ""] { #expect(try parse(lines) == AccessRules()) }
    }

    @Test("To register may be refused alone: on the control socket it needs no rule that allows it")
    func refusedToRegister() throws {
        var rule = AccessRule(.refuse, .register, at: AccessRule.Place(number: 1, line: 4))
        rule.uid = AccessRule.Account(1001, "backend")
        #expect(try parse("access: [{ uid: backend, refuse: register }]") == AccessRules([rule]))
    }

    @Test("Each mistake is told with place, what was found and what was expected", arguments: mistakes)
    func wrong(lines: String, expected: [String]) {
        #expect(told(lines) == expected)
    }

    private static let right = "expected read, register or control."
    private static let empty =
        "A key without a value would make the rule fit everybody: give it one, or take it out."
    private static let item = "expected a rule such as { gid: apps, allow: read, project: main }."

    private static let mistakes: [(String, [String])] = [
        (
            "access: [{ uid: ww-data, allow: read }, { gid: ops, allow: read }]",
            [
                "4:17: access.uid: found ww-data, expected the name or number of a user of this machine. There is none "
                    + "of that name here now. Did you mean www-data?",
                "4:48: access.gid: found ops, expected the name or number of a group of this machine. There is none of "
                    + "that name here now.",
            ]
        ),
        (
            "access: [{ gid: far, allow: read }]",
            [
                "4:17: access.gid: found far, expected the name or number of a group of this machine. The name could "
                    + "not be looked up here now: Connection refused."
            ]
        ),
        (
            "access: [{ uid: 4294967295, allow: read }, { gid: -1, allow: read }]",
            [
                "4:17: access.uid: found 4294967295, expected the name or number of a user of this machine.",
                "4:51: access.gid: found -1, expected the name or number of a group of this machine. There is none of "
                    + "that name here now.",
            ]
        ),
        (
            "access: [{ uid: backend, allow: reed }, { refuse: everything }]",
            [
                "4:33: access.allow: found reed, \(right) Did you mean read?",
                "4:51: access.refuse: found everything, \(right)",
            ]
        ),
        (
            "access: [{ uid: backend, project: main }]",
            ["4:10: access.allow: this key is required. Write, for example: allow: read"]
        ),
        (
            "access: [{ allow: read, refuse: read }]",
            ["4:25: access.refuse: A rule allows or refuses: keep one of the two."]
        ),
        (
            "access: [{ allow: read, project: mian }, { allow: read, project: \"x*\" }, { allow: read, project: \"ä\" }]",
            [
                "4:34: access.project: found mian, expected a project of these settings, in which * stands for any "
                    + "characters. Did you mean main?",
                "4:66: access.project: found \"x*\", expected a project of these settings, in which * stands for any "
                    + "characters. They are: main, side.",
                "4:98: access.project: found \"ä\", expected a project of these settings, in which * stands for any "
                    + "characters. It has letters, digits and . _ - and * only.",
            ]
        ),
        (
            "access: [{ allow: read, socket: tokens }, { allow: read, socket: control }]",
            [
                "4:33: access.socket: found tokens, expected the name of a token socket. Did you mean token?",
                "4:66: access.socket: found control, expected the name of a token socket. They are: token. Name "
                    + "others in sockets, also those that systemd makes.",
            ]
        ),
        (
            "access: [{ allow: register, user: ada }, { allow: control, provider: google, socket: token }]",
            [
                "4:29: access.user: Only the right to read is given by user and provider; this one by project: leave "
                    + "it out.",
                "4:60: access.provider: Only the right to read is given by user and provider; this one by project: "
                    + "leave it out.",
                "4:78: access.socket: Control is on the control socket only: leave this out.",
            ]
        ),
        (
            "access:\n  - { allow: read, project: main }\n  - { allow: read, project: main, uid: www-data }",
            [
                "6:5: access: Rule 1, on line 5, fits all that this one fits, and the first that fits decides: this one "
                    + "never does. Put it above that one, or take it out."
            ]
        ),
        (
            "access: [{ refuse: read, uid: www-data }]",
            [
                "4:12: access.refuse: Where rules speak of a right, whoever fits none of them does not have it, and none "
                    + "allows to read: nobody could. Add a rule below that allows it to all others: { allow: read }"
            ]
        ),
        (
            "access: [{ uid: , allow: read }, { project: ~, allow: control }, { gid: null, user: , refuse: read }]",
            [
                "4:12: access.uid: \(empty)", "4:36: access.project: \(empty)", "4:68: access.gid: \(empty)",
                "4:79: access.user: \(empty)",
            ]
        ),
        (
            "access: [{ uid: , project: main }]",
            [
                "4:10: access.allow: this key is required. Write, for example: allow: read",
                "4:12: access.uid: \(empty)",
            ]
        ),
        (
            "access: [{ user: a, allow: read, uids: 3 }, allow]",
            [
                "4:34: access.uids: unknown key. Did you mean uid?",
                "4:45: access: found allow, \(item)",
            ]
        ),
        (
            "access: { allow: read }",
            ["4:9: access: found a section, expected a list, each of its items \(item.dropFirst(9))"]
        ),
    ]

    @Test("A rule with a mistake is none, and hides no other")
    func mistaken() {
        #expect(told("access: [{ uid: x, allow: read }, { uid: backend, allow: read }]").count == 1)
    }

    @Test(
        "Where names alone are wrong, which this machine may come to know, starting again may help; else it does not",
        arguments: [
            ("access: [{ uid: ghost, allow: read }, { gid: far, allow: control }]", Vocabulary.ExitStatus.unavailable),
            ("access: [{ uid: ghost, allow: read }, { uid: backend, refuse: read }]", .unavailable),
            ("access: [{ uid: ghost, allow: read }, { gid: far, allow: controll }]", .settings),
            ("access: [{ uid: 4294967295, allow: read }]", .settings),
        ])
    func unknownNames(lines: String, status: Vocabulary.ExitStatus) {
        let error = #expect(throws: SettingsError.self) { try parse(lines) }
        #expect(error.map { Vocabulary.ExitStatus($0) } == status, "\(error?.description ?? "")")
    }

    @Test("This machine's users are found by their names")
    func here() throws {
        #expect(LocalAccounts.machine.user("root") == .number(0))
        #expect(LocalAccounts.machine.group("root") == .number(0))
        #expect(LocalAccounts.machine.user("no such user") == .unknown)
        #expect(LocalAccounts.name(ofUser: 0) == "root")
        #expect(LocalAccounts.machine.knownUsers().contains("root"))
        #expect(LocalAccounts.member("root")?.user == 0)
        #expect(LocalAccounts.member("4242424")?.groups == [])
        #expect(LocalAccounts.member("no such user") == nil)
    }
}
