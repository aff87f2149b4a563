// Law 10: the watchdog is fed by the loop's progress, and by nothing else.

import Systemd
import Vocabulary

struct LoopWatch {
    /// Whether the service manager waits for the watchdog.
    let isAwaited: Bool
    private var isStuck = false

    /// The loop naps 30 s at most, and takes a step at least then; one that has taken none for three times as long is
    /// stuck. A slow provider or disk does not stop its steps.
    static let stuckAfter: Duration = .seconds(90)

    init(isAwaited: Bool) {
        self.isAwaited = isAwaited
    }

    /// What is to be said after a look at when the loop took its last step, both in steady time: to the manager, and to the
    /// log, once for each time that it got stuck.
    mutating func look(_ lastProgress: Duration, at now: Duration) -> (notice: Systemd.Notice?, telling: Telling?) {
        let wasStuck = isStuck
        isStuck = now - lastProgress >= Self.stuckAfter
        return (isAwaited && !isStuck ? .watchdog : nil, isStuck && !wasStuck ? .stuck : nil)
    }
}

extension Telling {
    fileprivate static var stuck: Telling {
        Telling(
            .daemon(.loopStuck),
            """
            the loop has taken no step for \(DurationText.text(LoopWatch.stuckAfter)): nothing is refreshed, tokens are \
            served on; the watchdog is not fed until it goes on
            """)
    }
}
