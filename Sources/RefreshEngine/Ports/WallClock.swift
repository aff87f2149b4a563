// The port to time: the only place where the engine asks what time it is.

package import RefreshPolicy

package protocol WallClock: Sendable {
    /// This machine's UTC time, which may be stepped.
    func now() -> WallTime
    /// Time since some fixed moment, which never steps and goes on while the machine is suspended.
    func steady() -> Duration
    /// Returns after `duration` of steady time, or throws `CancellationError`.
    func sleep(for duration: Duration) async throws(CancellationError)
}
