// What the reading of one file finds: its mistakes, and what holds of each setting.

final class SettingsFindings {
    private(set) var mistakes: [SettingsMistake] = []
    private(set) var settings: [EffectiveSetting] = []
    /// Names that repeated keys had in the file.
    let renamedKeys: [String: String]

    init(renamedKeys: [String: String] = [:]) {
        self.renamedKeys = renamedKeys
    }

    func add(_ kind: SettingsMistake.Kind, at place: SettingsMistake.Place, path: [String]) {
        mistakes.append(SettingsMistake(place: place, path: path, kind: kind))
    }

    func note(_ setting: EffectiveSetting) {
        settings.append(setting)
    }
}
