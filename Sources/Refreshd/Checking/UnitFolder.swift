// The folders that systemd makes for refreshd: StateDirectory= and RuntimeDirectory= of the unit, and of its instances.

import Vocabulary

enum UnitFolder {
    /// The unit at whose start systemd makes the folder; nil where it is none of these. `usual` is the one of
    /// `refreshd.service`; an instance's has the name of the instance behind a hyphen.
    static func maker(of folder: String, usual: String) -> String? {
        if folder == usual { return "refreshd" }
        guard folder.hasPrefix(usual + "-") else { return nil }
        let name = folder.dropFirst(usual.count + 1)
        return name.isEmpty || name.contains("/") ? nil : "refreshd@\(String(name).shown(limit: 60))"
    }
}
