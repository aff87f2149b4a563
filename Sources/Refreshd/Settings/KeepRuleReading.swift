// Reads the rules that say which sessions are kept fresh, and when.

import RefreshPolicy
import Vocabulary

extension ProjectRules {
    mutating func readKeepRules(_ section: SettingsSection) {
        var rules: [KeepRule] = []
        section.list("keep", of: "a rule such as { provider: google, keep: always }") { item in
            let isWider = item.tellEmpty(["user", "provider"], wouldFit: "all sessions")
            let user = item.read("user", as: .pattern(of: UserIDKind.self))
            let provider = item.read("provider", as: .pattern(of: ProviderNameKind.self))
            let keeping = item.require("keep", as: .keeping, example: "keep: always")
            // A rule with a mistake would be taken for a wider one than was meant.
            guard let keeping, !isWider, item.has("user") == (user != nil), item.has("provider") == (provider != nil)
            else { return }
            if rules.contains(where: \.fitsAll) {
                let sentence = """
                    A rule above fits all sessions, and the first that fits holds: this one never does. Put it above \
                    that one.
                    """
                item.tellName(.refused(sentence))
            }
            rules.append(KeepRule(user: user, provider: provider, keeping: keeping))
        }
        keepRules = rules
    }
}

extension KeepRule {
    fileprivate var fitsAll: Bool {
        [user, provider].allSatisfy { $0 == nil || $0 == NamePattern("*") }
    }
}

extension SettingsForm where Value == NamePattern {
    static func pattern<Kind: IdentifierKind>(of kind: Kind.Type) -> Self {
        Self(expected: "a \(Kind.noun), in which * stands for any characters") { scalar in
            // One that no name fits is a slip: with a letter for each star, it must be a name.
            guard Identifier<Kind>(scalar.text.replacing("*", with: "x")) != nil else {
                return .failure(SettingsFlaw(hint: "It has letters, digits and . _ - and * only."))
            }
            return .success(NamePattern(scalar.text))
        }
    }
}

extension SettingsForm where Value == Keeping {
    static var keeping: Self {
        Self(expected: "used, always, or a time of day by UTC such as \"\(DailySpanText.example)\"") { scalar in
            if let keep = Keep(rawValue: scalar.text) { return .success(Keeping(keep)) }
            if let nearest = NearestWord.to(scalar.text, among: Keep.allCases.map(\.rawValue)) {
                return .failure(SettingsFlaw(hint: "Did you mean \(nearest)?"))
            }
            do throws(SettingsFlaw) {
                return .success(.daily(try DailySpanText.parse(scalar.text)))
            } catch {
                return .failure(error)
            }
        }
    }
}

extension Keeping {
    fileprivate init(_ keep: Keep) {
        switch keep {
        case .used: self = .used
        case .always: self = .always
        }
    }
}

/// Reads a span of each day: `03:00 for 45m`.
enum DailySpanText {
    static let example = "03:00 for 45m"

    static func parse(_ text: String) throws(SettingsFlaw) -> DailySpan {
        let words = text.split(separator: " ")
        let start = try words.first.map { word throws(SettingsFlaw) in try timeOfDay(word) }
        guard let start else { throw SettingsFlaw() }
        guard words.count > 1 else { throw SettingsFlaw(hint: "Say for how long, too.") }
        guard words.count == 3, words[1] == "for" else { throw SettingsFlaw() }
        let length: Duration
        do throws(DurationText.Flaw) {
            length = try DurationText.parse(String(words[2]))
        } catch {
            throw SettingsFlaw(hint: error.words)
        }
        guard let span = DailySpan(start: start, length: length) else {
            throw SettingsFlaw(hint: "It must last longer than nothing, and no longer than a day.")
        }
        return span
    }

    /// After midnight.
    private static func timeOfDay(_ text: Substring) throws(SettingsFlaw) -> Duration {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw SettingsFlaw() }
        let numbers = parts.map { part in
            part.utf8.count == 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        guard let hour = numbers[0], let minute = numbers[1], hour < 24, minute < 60 else {
            throw SettingsFlaw(hint: "The time of day is written HH:MM, from 00:00 to 23:59.")
        }
        return .seconds(hour * 3600 + minute * 60)
    }
}
