// How a command ends that met one of the daemon's own errors.

import SessionStorage
import Vocabulary

extension ExitStatus {
    init(_ trouble: FileTrouble) {
        self =
            switch trouble {
            case .missing, .isFolder, .failed: .noInput
            case .notPermitted: .noPermission
            case .tooLarge: .data
            }
    }

    init(_ error: StartError) {
        self =
            switch error.kind {
            case .config: .settings
            case .unavailable: .unavailable
            }
    }

    /// What a command that works on the store itself is refused.
    init(_ error: OpenError) {
        self =
            switch error {
            case .missing, .folderMissing: .noInput
            case .noPermission: .noPermission
            case .locked: .tryAgain
            case .taken: .cannotWrite
            case .unavailable, .damaged, .foreign, .newer: .unavailable
            case .keyMissing, .keyMalformed, .keyExposed, .wrongKey, .keyChangeUnfinished: .settings
            }
    }

    init(_ error: SettingsError) {
        self =
            switch error {
            case .unreadable(file: _, let trouble): ExitStatus(trouble)
            // systemd starts refreshd again after the one and not after the other.
            case .mistaken(file: _, let mistakes): mistakes.allSatisfy(\.mayPass) ? .unavailable : .settings
            }
    }
}
