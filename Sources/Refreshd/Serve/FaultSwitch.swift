// Faults on demand, so that a test can see what notices them. Only in debug builds: a release has none of this.

#if DEBUG
    import Foundation
    import Glibc
    import RefreshEngine
    import RefreshPolicy

    /// The machine's clock, at which the loop asks at each of its steps whether the time was stepped. While there is a file
    /// that REFRESHD_FAULT_STUCK_LOOP names, it never returns from there; the file is taken away, so that the next run is
    /// well again.
    struct FaultSwitch: WallClock {
        private let machine = MachineClock()
        private let path = ProcessInfo.processInfo.environment["REFRESHD_FAULT_STUCK_LOOP"]

        /// How soon something is taken for stuck, by REFRESHD_FAULT_PATIENCE; nil where it says nothing.
        static var patience: Duration? {
            ProcessInfo.processInfo.environment["REFRESHD_FAULT_PATIENCE"].flatMap { Int($0) }.map { .seconds($0) }
        }

        func now() -> WallTime {
            if let path, unlink(path) == 0 {
                while true { sleep(3600) }
            }
            return machine.now()
        }

        func steady() -> Duration { machine.steady() }

        func sleep(for duration: Duration) async throws(CancellationError) {
            try await machine.sleep(for: duration)
        }

        private func sleep(_ seconds: UInt32) { _ = Glibc.sleep(seconds) }
    }
#endif
