// Reads the rules that say who may read, register and control. Names of users and groups become numbers here, so that a
// name that this machine does not know is a mistake and no rule that never fits.

import RefreshPolicy
import TokenAPI

struct AccessRuleReading {
    let accounts: LocalAccounts
    /// All that the settings name, also those with mistakes of their own: a rule that names one is right.
    let projects: [ProjectAlias]
    /// The token sockets.
    let sockets: [SocketName]

    /// The keys that make a rule narrower.
    private static let conditions = ["uid", "gid", "socket", "project", "user", "provider"]

    private typealias Item = (rule: AccessRule, section: SettingsSection)

    func rules(of root: SettingsSection) -> AccessRules {
        var items: [Item] = []
        var allowed: Set<Right> = []
        var number = 0
        root.list("access", of: "a rule such as { gid: apps, allow: read, project: main }") { section in
            number += 1
            guard let rule = rule(section, number, &allowed) else { return }
            if let earlier = items.first(where: { $0.rule.hides(rule) })?.rule {
                let sentence = """
                    Rule \(earlier.place.number), on line \(earlier.place.line), fits all that this one fits, and the \
                    first that fits decides: this one never does. Put it above that one, or take it out.
                    """
                section.tellName(.refused(sentence))
            }
            items.append((rule, section))
        }
        tellRightsThatNobodyHas(items, allowed)
        return AccessRules(items.map(\.rule))
    }

    /// Nil where it has mistakes: it would be taken for a wider one than was meant.
    /// - Parameter rights: what rules allow, also those with mistakes.
    private func rule(_ section: SettingsSection, _ number: Int, _ rights: inout Set<Right>) -> AccessRule? {
        let isWider = section.tellEmpty(Self.conditions, wouldFit: "everybody")
        let uid = section.read("uid", as: .account("user", accounts.user, accounts.knownUsers))
        let gid = section.read("gid", as: .account("group", accounts.group, accounts.knownGroups))
        let allowed = section.read("allow", as: .right)
        let refused = section.read("refuse", as: .right)
        let socket = section.read("socket", as: .tokenSocket(among: sockets))
        let project = section.read("project", as: .projectPattern(among: projects))
        let user = section.read("user", as: .pattern(of: UserIDKind.self))
        let provider = section.read("provider", as: .pattern(of: ProviderNameKind.self))
        if section.has("allow"), section.has("refuse") {
            section.tell(.refused("A rule allows or refuses: keep one of the two."), at: "refuse")
            return nil
        }
        if !section.has("allow"), !section.has("refuse") {
            section.tellMissing("allow", example: "allow: read")
            return nil
        }
        if let allowed { rights.insert(allowed) }
        guard let right = allowed ?? refused else { return nil }
        var rule = AccessRule(
            allowed == nil ? .refuse : .allow, right,
            at: AccessRule.Place(number: number, line: section.place.line))
        (rule.uid, rule.gid, rule.socket) = (uid, gid, socket)
        (rule.project, rule.user, rule.provider) = (project, user, provider)
        let isWhole = zip(
            Self.conditions,
            [uid != nil, gid != nil, socket != nil, project != nil, user != nil, provider != nil]
        ).allSatisfy { section.has($0) == $1 }
        return tellWhatDoesNotGoTogether(section, right) || isWider || !isWhole ? nil : rule
    }

    /// True where there was something.
    private func tellWhatDoesNotGoTogether(_ section: SettingsSection, _ right: Right) -> Bool {
        guard right != .read else { return false }
        var isWrong = false
        for key in ["user", "provider"] where section.has(key) {
            let sentence = "Only the right to read is given by user and provider; this one by project: leave it out."
            section.tell(.refused(sentence), at: key)
            isWrong = true
        }
        if right == .control, section.has("socket") {
            section.tell(.refused("Control is on the control socket only: leave this out."), at: "socket")
            isWrong = true
        }
        return isWrong
    }

    /// Whoever fits no rule of a right does not have it: rules that only refuse leave nobody who does. To register is
    /// another thing: on the control socket, those whom no rule refuses it may who may control.
    private func tellRightsThatNobodyHas(_ items: [Item], _ allowed: Set<Right>) {
        for right in Right.allCases where right != .register && !allowed.contains(right) {
            guard let last = items.last(where: { $0.rule.right == right }) else { continue }
            let sentence = """
                Where rules speak of a right, whoever fits none of them does not have it, and none allows to \
                \(right.rawValue): nobody could. Add a rule below that allows it to all others: { allow: \(right.rawValue) }
                """
            last.section.tell(.refused(sentence), at: "refuse")
        }
    }
}

extension SettingsForm where Value == AccessRule.Account {
    /// - Parameters:
    ///   - noun: "user" or "group".
    ///   - seek: looks a name up.
    fileprivate static func account(
        _ noun: String, _ seek: @escaping (String) -> LocalAccounts.Sought, _ known: @escaping () -> [String]
    ) -> Self {
        Self(expected: "the name or number of a \(noun) of this machine") { scalar in
            let text = scalar.text
            // The greatest means "nobody in particular" to the kernel.
            if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                guard let number = UInt32(text), number != .max else { return .failure(SettingsFlaw()) }
                return .success(AccessRule.Account(number, text))
            }
            guard text.utf8.count <= 256, !text.utf8.contains(0) else { return .failure(SettingsFlaw()) }
            switch seek(text) {
            case .number(let number): return .success(AccessRule.Account(number, text))
            case .unknown:
                let nearest = NearestWord.to(text, among: known()).map { " Did you mean \($0)?" } ?? ""
                let hint = "There is none of that name here now.\(nearest)"
                return .failure(SettingsFlaw(hint: hint, mayPass: true))
            case .unanswered(let reason):
                let hint = "The name could not be looked up here now: \(reason)."
                return .failure(SettingsFlaw(hint: hint, mayPass: true))
            }
        }
    }
}

extension SettingsForm where Value == Right {
    fileprivate static var right: Self {
        Self(expected: "read, register or control") { scalar in
            if let right = Right(rawValue: scalar.text) { return .success(right) }
            let nearest = NearestWord.to(scalar.text, among: Right.allCases.map(\.rawValue))
            return .failure(SettingsFlaw(hint: nearest.map { "Did you mean \($0)?" }))
        }
    }
}

extension SettingsForm where Value == NamePattern {
    /// One that no project fits is a slip.
    fileprivate static func projectPattern(among projects: [ProjectAlias]) -> Self {
        let form = pattern(of: ProjectAliasKind.self)
        return Self(expected: "a project of these settings, in which * stands for any characters") { scalar in
            let result = form.read(scalar)
            guard case .success(let pattern) = result, !projects.isEmpty,
                !projects.contains(where: { pattern.fits($0.rawValue) })
            else { return result }
            let names = projects.map(\.rawValue)
            let nearest = NearestWord.to(scalar.text, among: names)
            let hint = nearest.map { "Did you mean \($0)?" } ?? "They are: \(names.joined(separator: ", "))."
            return .failure(SettingsFlaw(hint: hint))
        }
    }
}

extension SettingsForm where Value == SocketName {
    fileprivate static func tokenSocket(among known: [SocketName]) -> Self {
        Self(expected: "the name of a token socket") { scalar in
            if let name = known.first(where: { $0.rawValue == scalar.text }) { return .success(name) }
            let names = known.map(\.rawValue)
            let nearest = NearestWord.to(scalar.text, among: names)
            let hint =
                nearest.map { "Did you mean \($0)?" }
                ?? "They are: \(names.joined(separator: ", ")). Name others in sockets, also those that systemd makes."
            return .failure(SettingsFlaw(hint: hint))
        }
    }
}
