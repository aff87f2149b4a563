// The limits of a server: everything has one (law 11). Each number with its reason.

import RefreshPolicy

/// What one socket holds, takes and waits for.
package struct Limits: Hashable, Sendable {
    /// Bytes of a request's body. The largest is a registration: a session secret of some 300 bytes.
    package var body = 64 * 1024
    /// Bytes of a request's head, line and fields together. HTTP's own default in NIO is 80 KiB; an id has 255.
    package var head = 16 * 1024
    /// Fields of a request's head; common clients send ten.
    package static let headerFields = 100
    /// Connections in all: half of the 1024 descriptors that a service gets by default.
    package var connections = 512
    /// Connections of one user: one app that leaks them must not lock out the others. Two hundred readers that ask by a new
    /// connection each time and hang up have twice as many for a moment, while it is not seen yet that they hung up.
    package var connectionsPerUser = 440
    /// Connections above these limits that wait for a place, as many as the descriptors leave room for; and for how long:
    /// on a busy machine a connection that its app has closed may hold its place for seconds.
    package var waiting = 256
    package var patience: Duration = .seconds(5)
    /// How long a connection may be idle, and a request's head be under way. Above the 60 s after which common client
    /// pools drop a connection by themselves, so that they do not meet one that was just closed.
    package var idle: Duration = .seconds(75)
    /// How long a request's body may be under way.
    package var receive: Duration = .seconds(10)
    /// The longest `max_wait`. A refresh takes seconds; who waits longer had better ask again.
    package var longestWait: Duration = .seconds(300)
    /// The longest `min_valid`. Most tokens live an hour; a day leaves room for those that live longer.
    package var longestMinValid: Duration = .days(1)
    /// Sessions on one page of a listing, when nothing is said and at most.
    package var page = 100
    package var longestPage = 1000
    /// How long the first request of a connection may take to come when the daemon stops: who has just connected is
    /// about to ask, and on a busy machine that takes a moment.
    package var firstRequest: Duration = .seconds(2)
    /// How long requests may go on when the daemon stops. Then waits end with what there is.
    package var grace: Duration = .seconds(5)
    /// What is left after that for the answers to be written.
    package var farewell: Duration = .seconds(1)

    package init() {}

    /// For the control socket: a few operators and their tools.
    package static let control: Limits = {
        var limits = Limits()
        limits.connections = 64
        limits.connectionsPerUser = 32
        limits.waiting = 32
        return limits
    }()
}
