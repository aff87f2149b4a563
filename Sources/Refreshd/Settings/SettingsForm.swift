// The forms that values in a settings file have: what is expected, in words, and how it is read.

import Appwrite
import Logging
import RefreshPolicy
import TokenAPI
import UnixSockets
import Vocabulary

/// A value as it stands in the file.
struct SettingsScalar {
    let text: String
    /// Whether it stands without quotes.
    let isPlain: Bool
}

/// Why a value is not of its form.
struct SettingsFlaw: Error {
    /// A whole sentence of advice.
    var hint: String?
    /// Whether the value may hold a secret and must not be repeated.
    var hidesFound = false
    /// Whether the value may be right at another time.
    var mayPass = false
}

struct SettingsForm<Value> {
    /// As in "found X, expected …".
    let expected: String
    /// Whether a wrong value may be a secret that was put in the wrong place.
    var hidesFound = false
    /// How a value is written; nil where it is shown as it was given, and has no default.
    var write: ((Value) -> SettingsValue)?
    let read: (SettingsScalar) -> Result<Value, SettingsFlaw>
}

extension SettingsValue {
    fileprivate static func duration(_ duration: Duration) -> Self { .text(DurationText.text(duration)) }

    fileprivate static func described(_ value: some CustomStringConvertible) -> Self { .text(value.description) }

    fileprivate static func word(_ value: some RawRepresentable<String>) -> Self { .text(value.rawValue) }

    fileprivate static func mode(_ mode: UInt32) -> Self { .text("0" + String(mode, radix: 8)) }

    fileprivate static func moment(_ time: WallTime) -> Self { .text(WireTime(time).iso) }
}

extension SettingsForm where Value == Bool {
    static var truth: Self {
        Self(expected: "true or false", write: SettingsValue.truth) { scalar in
            switch (scalar.text, scalar.isPlain) {
            case ("true", true): return .success(true)
            case ("false", true): return .success(false)
            case ("true", false), ("false", false): return .failure(SettingsFlaw(hint: "Leave the quotes away."))
            default: break
            }
            switch scalar.text.lowercased() {
            case "yes", "on", "true": return .failure(SettingsFlaw(hint: "Write true."))
            case "no", "off", "false": return .failure(SettingsFlaw(hint: "Write false."))
            default: return .failure(SettingsFlaw())
            }
        }
    }
}

extension SettingsForm where Value == Int {
    static func count(_ range: ClosedRange<Int>) -> Self {
        Self(
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)", write: SettingsValue.number
        ) { scalar in
            guard scalar.isPlain else { return .failure(SettingsFlaw(hint: "Leave the quotes away.")) }
            guard scalar.text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(scalar.text),
                range.contains(number)
            else { return .failure(SettingsFlaw()) }
            return .success(number)
        }
    }
}

extension SettingsForm where Value == Duration {
    static var duration: Self { duration(.milliseconds(100)...DurationText.longest) }

    /// No wait is so short that refreshd does nothing else.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        Self(
            expected: "a duration such as \(DurationText.examples)", write: SettingsValue.duration
        ) { scalar in
            do throws(DurationText.Flaw) {
                let duration = try DurationText.parse(scalar.text)
                guard range.contains(duration) else {
                    let (least, most) = (DurationText.text(range.lowerBound), DurationText.text(range.upperBound))
                    return .failure(SettingsFlaw(hint: "It must be \(least) to \(most)."))
                }
                return .success(duration)
            } catch {
                return .failure(SettingsFlaw(hint: error.words))
            }
        }
    }
}

extension SettingsForm where Value == Endpoint {
    static func endpoint(_ plainHTTP: Endpoint.PlainHTTP) -> Self {
        Self(
            expected: "an address such as https://cloud.example/v1", write: SettingsValue.described
        ) { scalar in
            do throws(EndpointMistake) {
                return .success(try Endpoint(scalar.text, plainHTTP: plainHTTP))
            } catch .plainHTTP {
                let hint = """
                    Over plain http, keys and tokens cross the network in clear. Use https, or set allowPlainHTTP: true \
                    where the network itself is safe.
                    """
                return .failure(SettingsFlaw(hint: hint))
            } catch {
                let meant = Endpoint.suggestion(for: scalar.text)?.shown(limit: 100) ?? "https://HOST/v1"
                let hint = "\(error.description.sentence) Write \(meant)."
                return .failure(SettingsFlaw(hint: hint, hidesFound: scalar.text.contains("@")))
            }
        }
    }
}

extension SettingsForm where Value == Proxy {
    static var proxy: Self {
        Self(
            expected: "a proxy such as http://proxy.example:3128", write: SettingsValue.described
        ) { scalar in
            do throws(ProxyMistake) {
                return .success(try Proxy(scalar.text))
            } catch {
                let flaw = SettingsFlaw(hint: error.description.sentence, hidesFound: scalar.text.contains("@"))
                return .failure(flaw)
            }
        }
    }
}

extension SettingsForm where Value == IPVersion {
    static var ipVersion: Self {
        Self(expected: "4, 6 or any", write: SettingsValue.word) { scalar in
            if let version = IPVersion(rawValue: scalar.text) { return .success(version) }
            let meant = IPVersion(
                rawValue: scalar.text.lowercased().replacing(/^ip/, with: "").replacing("v", with: ""))
            return .failure(SettingsFlaw(hint: meant.map { "Write \($0.rawValue)." }))
        }
    }
}

extension SettingsForm where Value == WallTime {
    /// A moment of UTC: a date is its beginning.
    static var moment: Self {
        Self(
            expected: "a date such as 2027-01-31, or with a time of UTC, such as 2027-01-31T12:00:00Z",
            write: SettingsValue.moment
        ) { scalar in
            var text = scalar.text.replacing(/(\+00:00|Z)$/, with: "")
            if text.count == 10 { text += "T00:00:00" }
            if text.count == 16 { text += ":00" }
            if text.count == 19 { text += ".000" }
            guard let time = WireTime(iso: text + "Z") else { return .failure(SettingsFlaw()) }
            return .success(time.time)
        }
    }
}

extension SettingsForm where Value == AppwriteProjectID {
    static var projectID: Self {
        Self(expected: "the project's id as Appwrite's console shows it") { scalar in
            if let id = AppwriteProjectID(scalar.text) { return .success(id) }
            guard scalar.text != "console" else {
                return .failure(SettingsFlaw(hint: "That one is Appwrite's own: its sessions are administrators'."))
            }
            return .failure(SettingsFlaw(hint: "An id has letters, digits and . _ - only."))
        }
    }
}

extension SettingsForm where Value == Logger.Level {
    static var logLevel: Self { oneOf(Logger.Level.allCases) }
}

extension SettingsForm where Value == LogFormat {
    static var logFormat: Self { oneOf(LogFormat.allCases) }
}

extension SettingsForm where Value: RawRepresentable<String> & Sendable {
    fileprivate static func oneOf(_ values: [Value]) -> Self {
        Self(
            expected: "one of " + values.map(\.rawValue).joined(separator: ", "), write: SettingsValue.word
        ) { scalar in
            if let value = Value(rawValue: scalar.text) { return .success(value) }
            let nearest = NearestWord.to(scalar.text, among: values.map(\.rawValue))
            return .failure(SettingsFlaw(hint: nearest.map { "Did you mean \($0)?" }))
        }
    }
}

extension SettingsForm where Value == UInt32 {
    /// The permissions of a socket: a digit each for owner, group and others.
    static var mode: Self {
        Self(
            expected: "permissions such as \"0660\"", write: SettingsValue.mode
        ) { scalar in
            let text = scalar.text
            let digits = text.count == 4 && text.hasPrefix("0") ? text.dropFirst() : text[...]
            // Connecting takes the right to write; the other rights mean nothing on a socket.
            guard digits.count == 3, digits.allSatisfy({ $0 == "0" || $0 == "6" }), let mode = UInt32(digits, radix: 8)
            else {
                let hint = "Write a digit each for owner, group and others: 6 for who may connect, 0 for who may not."
                return .failure(SettingsFlaw(hint: hint))
            }
            guard mode != 0 else { return .failure(SettingsFlaw(hint: "Nobody could connect.")) }
            return .success(mode)
        }
    }
}

extension SettingsForm where Value == String {
    static var path: Self {
        text("an absolute path") { path in
            guard path.hasPrefix("/") else { return SettingsFlaw(hint: "It must start with a slash.") }
            return path.utf8.contains(0) ? SettingsFlaw() : nil
        }
    }

    static var socketPath: Self {
        text("an absolute path of at most \(UsualSockets.longestPath) bytes") { path in
            guard path.hasPrefix("/") else { return SettingsFlaw(hint: "It must start with a slash.") }
            let length = path.utf8.count
            guard length <= UsualSockets.longestPath else {
                return SettingsFlaw(hint: "It has \(length) bytes, and the kernel takes no longer path for a socket.")
            }
            return path.utf8.contains(0) ? SettingsFlaw() : nil
        }
    }

    static var group: Self {
        text("the name of a group") { name in
            let isName = (1...32).contains(name.utf8.count) && name.utf8.allSatisfy(isWordByte)
            return isName ? nil : SettingsFlaw()
        }
    }

    /// The path of a secret's file. What does not start with a slash may be the secret itself.
    static var secretPath: Self {
        Self(
            expected: "the absolute path of a file", hidesFound: true, write: SettingsValue.text
        ) { scalar in
            guard scalar.text.hasPrefix("/"), !scalar.text.utf8.contains(0) else {
                return .failure(SettingsFlaw(hint: "It must start with a slash. The file holds the secret, alone."))
            }
            return .success(scalar.text)
        }
    }

    /// The name of a systemd credential. A long one, or one that starts as Appwrite's keys do, is the key itself.
    static var credentialName: Self {
        Self(
            expected: "the name of a systemd credential", hidesFound: true, write: SettingsValue.text
        ) { scalar in
            let name = scalar.text
            guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(isWordByte), ![".", ".."].contains(name)
            else {
                return .failure(SettingsFlaw(hint: "A name has at most 64 letters, digits and . _ - and is no secret."))
            }
            guard !["standard_", "dynamic_", "ephemeral_"].contains(where: name.hasPrefix) else {
                return .failure(SettingsFlaw(hint: "This looks like an API key; write its credential's name only."))
            }
            return .success(name)
        }
    }

    private static func text(_ expected: String, flaw: @escaping (String) -> SettingsFlaw?) -> Self {
        Self(expected: expected, write: SettingsValue.text) { scalar in
            flaw(scalar.text).map { .failure($0) } ?? .success(scalar.text)
        }
    }
}

/// What systemd takes in the name of a credential, held to what needs no quoting anywhere; groups are named so too.
private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
}
