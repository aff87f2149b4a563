// Checks the settings file: its mistakes, as check-settings tells them, and who may change it.

import RefreshPolicy
import Vocabulary

struct SettingsCheck {
    let file: String
    let folders: ServiceFolders

    /// Without settings nothing else can be checked.
    func run() -> (settings: Settings?, findings: [Finding]) {
        do throws(SettingsError) {
            let settings = try Settings.load(file, folders: folders)
            let names = settings.projects.map(\.alias.rawValue).joined(separator: ", ")
            let sound = Finding.fine(.settings, "\(file.shown()) is sound; projects: \(names)")
            return (settings, [sound] + rights())
        } catch {
            switch error {
            case .unreadable(_, .missing):
                let advice = """
                    write it (man refreshd.yaml explains it; an example is in /usr/share/doc/refreshd/examples), or \
                    name another by --config
                    """
                return (nil, [.error(.settings, .noInput, "\(file.shown()) does not exist", advice)])
            case .unreadable(_, .notPermitted):
                let found = "\(file.shown()) may not be read by this user, and nothing can be checked without it"
                return (nil, [.error(.settings, .noPermission, found, Onlooker.rootAdvice)])
            case .unreadable(_, let trouble):
                let found = "\(file.shown()) \(trouble.words)"
                return (nil, [.error(.settings, ExitStatus(trouble), found, "put the settings there")])
            case .mistaken(_, let mistakes):
                let status = ExitStatus(error)
                return (
                    nil, mistakes.map { .error(.settings, status, "\(file.shown()):\($0)", advice(on: $0)) } + rights()
                )
            }
        }
    }

    private func advice(on mistake: SettingsMistake) -> String {
        mistake.mayPass
            ? "correct it, or see that whatever knows that name here is up (getent); refreshd does not start before"
            : "correct it; refreshd does not start before"
    }

    /// The file names no secrets, so that everybody may read it; but who may write it says where keys are sent.
    private func rights() -> [Finding] {
        guard let facts = FileFacts(file), facts.mode & 0o022 != 0 else { return [] }
        let found = "\(file.shown()) may be changed by others than its owner (mode \(facts.octal))"
        return [.hint(.settingsFile, found, "chmod go-w \(file.shown())")]
    }
}
