// A settings file gives settings, or mistakes that each say where they are, in words that can be shown.

import Refreshd

func checkSettings(_ bytes: [UInt8]) throws(Breach) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    let settings: Settings
    do throws(SettingsError) {
        settings = try Settings.parse(text, file: "s.yaml", folders: ServiceFolders(environment: [:]))
    } catch {
        guard case .mistaken(_, let mistakes) = error else {
            throw Breach(description: "a text that cannot be read: \(error)")
        }
        return try checkMistakes(mistakes, in: text)
    }
    try require(!settings.projects.isEmpty, "settings without a project")
}

private func checkMistakes(_ mistakes: [SettingsMistake], in text: String) throws(Breach) {
    try require(!mistakes.isEmpty, "refused for no mistake")
    // libyaml ends lines at more characters than one.
    let lines = text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) } + 1
    for mistake in mistakes {
        try require((1...lines + 1).contains(mistake.place.line), "a mistake in no line: \(mistake)")
        try require(mistake.place.column >= 1, "a mistake in no column: \(mistake)")
        try require(
            mistake.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
            "control characters: \(mistake.description.debugDescription)")
    }
    try require(mistakes.map(\.place) == mistakes.map(\.place).sorted(), "mistakes in no order")
}
