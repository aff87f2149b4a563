// What a setting is and where it came from: written down while a settings file is read, so that there is no second list
// of the keys that could differ from the first.

/// A setting as it holds.
struct EffectiveSetting: Hashable, Sendable {
    /// The keys that lead there.
    let path: [String]
    /// Nil where it has neither value nor default.
    let value: SettingsValue?
    let origin: SettingsOrigin
    /// Its place among the items of a list, from 0; nil for what stands alone.
    var index: Int?
}

/// A value as it can be written into a settings file again.
enum SettingsValue: Hashable, Sendable {
    case text(String)
    case number(Int)
    case truth(Bool)
    /// In order; none for an empty section.
    case fields([Field])
    case emptyList

    struct Field: Hashable, Sendable {
        let name: String
        let text: String
    }
}

enum SettingsOrigin: Hashable, Sendable {
    case file(SettingsMistake.Place)
    case standard
    /// A variable of the environment, such as systemd sets.
    case environment(String)
    /// Nobody says anything, which is a setting too.
    case unset
}
