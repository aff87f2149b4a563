// The simulator's only clock, which tests replace.
package import AppwriteModel
import Foundation

package struct SimulatorClock: Sendable {
    package var now: @Sendable () -> Milliseconds
    /// Waits for a provider's delay. Real time unless replaced, also when `now` stands still.
    package var wait: @Sendable (Milliseconds) async throws -> Void

    package init(
        now: @escaping @Sendable () -> Milliseconds,
        wait: @escaping @Sendable (Milliseconds) async throws -> Void = { try await Task.sleep(for: .milliseconds($0)) }
    ) {
        self.now = now
        self.wait = wait
    }

    package static let system = SimulatorClock(now: { Milliseconds(Date().timeIntervalSince1970 * 1000) })

    /// Stands still; only `Simulator.advance` moves it.
    package static func frozen(at instant: Milliseconds) -> SimulatorClock {
        SimulatorClock(now: { instant })
    }
}
