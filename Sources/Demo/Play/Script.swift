// When what happens, and the waits of refreshd, shortened to fit a minute. No instant here decides a verdict: a slow
// machine plays the same play later.

enum Script {
    /// Of the simulator's rate limit; an hour on a real server.
    static let window: Duration = .seconds(20)

    // After the first sessions were found:
    static let registration: Duration = .seconds(6)
    /// The killing waits for a certain refresh to be under way, but not for ever.
    static let latestCrash: Duration = .seconds(45)
    static let pauseBeforeRestart: Duration = .seconds(1)
    static let logout: Duration = .seconds(36)
    static let end: Duration = .seconds(60)
    /// How much longer the play may go on until everything that should happen has happened.
    static let patience: Duration = .seconds(60)

    /// How long the provider takes for the refresh that is under way at the killing.
    static let slowRefresh: Duration = .seconds(4)

    // refreshd's settings:
    static let doubtFor: Duration = .seconds(12)
    static let refreshTimeout: Duration = .seconds(8)
    static let readTimeout: Duration = .seconds(10)
    static let margin: Duration = .seconds(10)
    static let lookFor: Duration = .seconds(5)
    static let recheckLogin: Duration = .seconds(10)
    static let firstRetry: Duration = .seconds(2)
    static let search: Duration = .seconds(2)
    static let walk: Duration = .seconds(4)

    /// How long a session may need that was in doubt to the end, and is refreshed only then.
    static let refreshAfterDoubt: Duration = .seconds(2)

    /// Law 5 as the daemon promises it to everybody. It is told to be stricter here, so that a slow machine does not
    /// look like a broken law.
    static let lookBeforeSpending: Duration = .seconds(30)
}
