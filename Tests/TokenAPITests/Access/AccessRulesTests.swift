// The rules by themselves: which decides, for whom, and what holds where none speaks.

import RefreshPolicy
import Testing

@testable import TokenAPI

private let daemonUser: UInt32 = 990
private let web = Peer(process: 1, user: 33, group: 33, groups: .known([50]))
private let crowd = Peer(process: 1, user: 34, group: 34, groups: .unknown)

/// A rule as the settings write it, such as `allow read uid=33 provider=google`.
func rule(_ text: String, _ number: Int = 1) -> AccessRule {
    let words = text.split(separator: " ").map(String.init)
    guard let effect = AccessRule.Effect(rawValue: words[0]), let right = Right(rawValue: words[1]) else {
        preconditionFailure(text)
    }
    var rule = AccessRule(effect, right, at: AccessRule.Place(number: number, line: 10 + number))
    for word in words.dropFirst(2) {
        let parts = word.split(separator: "=").map(String.init)
        switch parts[0] {
        case "uid": rule.uid = UInt32(parts[1]).map { AccessRule.Account($0, parts[1]) }
        case "gid": rule.gid = UInt32(parts[1]).map { AccessRule.Account($0, parts[1]) }
        case "socket": rule.socket = socket(parts[1])
        case "project": rule.project = NamePattern(parts[1])
        case "user": rule.user = NamePattern(parts[1])
        case "provider": rule.provider = NamePattern(parts[1])
        default: preconditionFailure(text)
        }
    }
    return rule
}

func socket(_ name: String) -> SocketName {
    guard let socket = SocketName(name) else { preconditionFailure(name) }
    return socket
}

func rules(_ texts: String...) -> AccessRules { rules(texts) }

func rules(_ texts: [String]) -> AccessRules {
    AccessRules(texts.enumerated().map { rule($0.element, $0.offset + 1) })
}

/// What is asked, such as `read project=shop user=ada provider=google`.
private func intent(_ text: String) -> Intent {
    let words = text.split(separator: " ").map(String.init)
    guard let right = Right(rawValue: words[0]) else { preconditionFailure(text) }
    var intent = Intent(right)
    for word in words.dropFirst() {
        let parts = word.split(separator: "=").map(String.init)
        switch parts[0] {
        case "project": intent.project = id(parts[1])
        case "user": intent.user = id(parts[1])
        default: intent.provider = id(parts[1])
        }
    }
    return intent
}

struct AccessCase: Sendable, CustomTestStringConvertible {
    let name: String
    let rules: [String]
    let asked: String
    var peer = web
    var socket = SocketName.token
    let isAllowed: Bool
    /// The number of the rule that decides; nil where none does.
    let byRule: Int?

    init(
        _ name: String, _ rules: [String], _ asked: String, at socket: SocketName = .token, of peer: Peer = web,
        _ isAllowed: Bool, by rule: Int? = nil
    ) {
        self.name = name
        self.rules = rules
        self.asked = asked
        self.peer = peer
        self.socket = socket
        self.isAllowed = isAllowed
        byRule = rule
    }

    var testDescription: String { name }
}

@Suite("Rules of access")
struct AccessRulesTests {
    @Test("The first that fits decides", arguments: standards + whom + what + rights)
    func decides(_ given: AccessCase) {
        let decision = rules(given.rules).decision(
            on: intent(given.asked), of: given.peer, at: given.socket, daemon: daemonUser)
        #expect(decision.isAllowed == given.isAllowed)
        var number: Int?
        if case .rule(let rule) = decision.grounds { number = rule.place.number }
        #expect(number == given.byRule)
    }

    private static let one = "read project=shop user=ada provider=google"
    private static let register = "register project=shop"
    private static let root = Peer(process: 1, user: 0, group: 0, groups: .known([]))

    private static let standards: [AccessCase] = [
        AccessCase("no rules: who connects reads", [], one, true),
        AccessCase("no rules: who connects controls", [], "control", at: .control, true),
        AccessCase("no rules: who controls registers", [], register, at: .control, true),
        AccessCase("no rules: nobody registers on a token socket", [], register, false),
        AccessCase("no rules: no tokens on the control socket", [], one, at: .control, false),
        AccessCase("no rules: no control on a token socket", [], "control", false),
        AccessCase("rules of other rights", ["allow register uid=34", "allow control uid=34"], one, true),
        AccessCase("rules of another socket", ["allow read socket=token-billing uid=34"], one, true),
        AccessCase(
            "a rule of this socket", ["allow read socket=token-billing uid=34"], one, at: socket("token-billing"), false
        ),
        AccessCase(
            "root controls, whatever the rules say", ["refuse control"], "control", at: .control, of: root, true),
        AccessCase(
            "the daemon's user controls too", ["refuse control"], "control", at: .control,
            of: Peer(process: 1, user: daemonUser, group: 1, groups: .known([])), true),
        AccessCase("root reads by the rules", ["allow read uid=33"], one, of: root, false),
    ]

    private static let whom: [AccessCase] = [
        AccessCase("by uid", ["allow read uid=33"], one, true, by: 1),
        AccessCase("of another uid", ["allow read uid=34"], one, false),
        AccessCase("by its own group", ["allow read gid=33"], one, true, by: 1),
        AccessCase("by another of its groups", ["allow read gid=50"], one, true, by: 1),
        AccessCase("of another group", ["allow read gid=51"], one, false),
        AccessCase("both uid and gid must fit", ["allow read uid=33 gid=51"], one, false),
        AccessCase("groups that are not known allow nothing", ["allow read gid=50"], one, of: crowd, false),
        AccessCase("but its own", ["allow read gid=34"], one, of: crowd, true, by: 1),
        AccessCase(
            "groups that are not known refuse", ["refuse read gid=50", "allow read"], one, of: crowd, false, by: 1),
    ]

    private static let what: [AccessCase] = [
        AccessCase("refused, then allowed", ["refuse read user=a*", "allow read"], one, false, by: 1),
        AccessCase("allowed, then refused", ["allow read user=a*", "refuse read uid=33"], one, true, by: 1),
        AccessCase("by all of it", ["allow read project=shop user=*d* provider=goo*"], one, true, by: 1),
        AccessCase("of another project", ["allow read project=club"], one, false),
        AccessCase("of another provider", ["allow read provider=spotify"], one, false),
        AccessCase("all of a project", ["allow read project=shop"], "read project=shop", true, by: 1),
        AccessCase(
            "all of a project, some allowed", ["allow read project=shop user=a*"], "read project=shop", false),
        AccessCase(
            "all of a project, some refused", ["refuse read user=b*", "allow read"], "read project=shop", false, by: 1),
        AccessCase("a star is all", ["allow read project=* user=*"], "read", true, by: 1),
    ]

    private static let rights: [AccessCase] = [
        AccessCase(
            "control of one project", ["allow control uid=33 project=shop"], "control project=shop", at: .control, true,
            by: 1),
        AccessCase(
            "control of one is not of all", ["allow control uid=33 project=shop"], "control", at: .control, false),
        AccessCase(
            "who controls a project registers there", ["allow control uid=33 project=shop"], register, at: .control,
            true, by: 1),
        AccessCase("and not on a token socket", ["allow control uid=33"], register, false),
        AccessCase(
            "to register is not to control", ["allow register uid=33", "allow control uid=34"], "control project=shop",
            at: .control, false),
        AccessCase("to register is not to read", ["allow register uid=33", "allow read uid=34"], one, false),
        AccessCase("to control is not to read", ["allow control uid=33", "allow read uid=34"], one, false),
        AccessCase(
            "to register is refused to who controls", ["refuse register", "allow register uid=34"], register,
            at: .control, false, by: 1),
    ]

    @Test("Decisions are those of a plain reading, and what holds for all holds for each", arguments: 1...300)
    func plainReading(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(seed))
        func one<Value>(of values: [Value]) -> Value { values.randomElement(using: &dice) ?? values[0] }
        let texts = (0..<Int.random(in: 0...6, using: &dice)).map { _ in
            let right = one(of: ["read", "register", "control"])
            return [
                one(of: ["allow", "allow", "refuse"]), right, one(of: ["", "uid=33", "uid=34"]),
                one(of: ["", "", "gid=50"]),
                right == "control" ? "" : one(of: ["", "", "socket=token", "socket=token-b"]),
                one(of: ["", "project=shop", "project=*"]),
                right == "read" ? one(of: ["", "user=ada", "user=b*"]) : "",
                right == "read" ? one(of: ["", "provider=google"]) : "",
            ].filter { !$0.isEmpty }.joined(separator: " ")
        }
        let rules = rules(texts)
        for peer in [web, crowd, Peer(process: 1, user: 34, group: 50, groups: .known([]))] {
            for socket in [.token, socket("token-b"), .control] as [SocketName] {
                for right in Right.allCases {
                    let each = Self.everything(of: right)
                    let decisions = each.map {
                        rules.decision(on: $0, of: peer, at: socket, daemon: daemonUser).isAllowed
                    }
                    let plain = each.map { Self.plainly(rules.rules, $0, peer, socket) }
                    #expect(decisions == plain, "\(texts) \(peer.user) \(socket) \(right)")
                    for project in [nil, id("shop"), id("club")] as [ProjectAlias?] {
                        let all = rules.decision(
                            on: Intent(right, project: project), of: peer, at: socket, daemon: daemonUser)
                        let own = zip(each, plain).filter { project == nil || $0.0.project == project }.map(\.1)
                        if all.isAllowed { #expect(own.allSatisfy { $0 }, "\(texts) \(peer.user) \(socket) \(right)") }
                    }
                }
            }
        }
    }

    private static func everything(of right: Right) -> [Intent] {
        ["shop", "club"].flatMap { project in
            guard right == .read else { return [Intent(right, project: id(project))] }
            return ["ada", "bob", "carl"].flatMap { user in
                ["google", "spotify"].map {
                    Intent(right, project: id(project), user: id(user), provider: id($0))
                }
            }
        }
    }

    /// The rules read as the settings file explains them.
    private static func plainly(_ rules: [AccessRule], _ intent: Intent, _ peer: Peer, _ socket: SocketName) -> Bool {
        func fits(_ pattern: NamePattern?, _ name: String?) -> Bool { pattern?.fits(name ?? "") ?? true }
        let own = rules.filter { $0.right == intent.right && ($0.socket == nil || $0.socket == socket) }
        let first = own.first { rule in
            let isMember: Bool =
                switch (rule.gid, peer.groups) {
                case (nil, _): true
                case (let gid?, .known(let groups)): gid.number == peer.group || groups.contains(gid.number)
                case (let gid?, .unknown): gid.number == peer.group || rule.effect == .refuse
                }
            return (rule.uid?.number ?? peer.user) == peer.user && isMember
                && fits(rule.project, intent.project?.rawValue) && fits(rule.user, intent.user?.rawValue)
                && fits(rule.provider, intent.provider?.rawValue)
        }
        if let first { return first.effect == .allow }
        switch (intent.right, socket.role) {
        case (.read, .token), (.control, .control): return own.isEmpty
        case (.register, .control): return plainly(rules, Intent(.control, project: intent.project), peer, socket)
        default: return false
        }
    }

    @Test("A rule hides those that fit nothing it does not fit")
    func hiding() {
        let hidden = [
            ("allow read", "refuse read uid=33"), ("allow read project=*", "allow read project=shop"),
            ("allow read uid=33", "refuse read uid=33 gid=50 user=a*"), ("allow control", "allow control"),
        ]
        for (first, second) in hidden { #expect(rule(first).hides(rule(second)), "\(first) | \(second)") }
        let seen = [
            ("allow read", "allow register"), ("allow read uid=33", "allow read"),
            ("allow read user=a*", "allow read user=b*"), ("allow read socket=token-b", "allow read"),
            ("allow read uid=33", "allow read gid=33"),
        ]
        for (first, second) in seen { #expect(!rule(first).hides(rule(second)), "\(first) | \(second)") }
    }
}
