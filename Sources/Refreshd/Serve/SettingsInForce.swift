// The settings as they hold now, for whoever asks again and again.

import Synchronization

final class SettingsInForce: Sendable {
    private let settings: Mutex<Settings>

    init(_ settings: Settings) {
        self.settings = Mutex(settings)
    }

    var now: Settings { settings.withLock { $0 } }

    func change(to new: Settings) {
        settings.withLock { $0 = new }
    }
}
