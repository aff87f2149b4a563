// Ctrl-C as a wish to end, for a command that has to leave the terminal as it found it.

import Glibc
import Synchronization

enum Interrupt {
    private static let isAsked = Atomic(false)

    /// How long Ctrl-C may seem to do nothing.
    private static let step: Duration = .milliseconds(50)

    /// False when SIGINT or SIGTERM came, be it before.
    static func wait(for duration: Duration) async -> Bool {
        trap()
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            if isAsked.load(ordering: .relaxed) { return false }
            do { try await Task.sleep(for: min(step, end - .now)) } catch { return true }
        }
        return !isAsked.load(ordering: .relaxed)
    }

    private static func trap() {
        // Read once before: a signal's handler must not be the first to make it.
        _ = isAsked.load(ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in Interrupt.isAsked.store(true, ordering: .relaxed) }
        }
    }
}
