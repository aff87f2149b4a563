// The port to whoever watches: one event, one report. It never blocks the loop and never fails it.

package import RefreshPolicy

package protocol Journal: Sendable {
    func tell(_ report: Report)

    /// The last lines that were told, the oldest first: a few, from memory.
    var latest: [JournalLine] { get }
}

/// A line as it was told, in words.
package struct JournalLine: Hashable, Sendable {
    package let at: WallTime
    /// Whether somebody should see to it.
    package let isWarning: Bool
    package let text: String

    package init(at: WallTime, isWarning: Bool, text: String) {
        self.at = at
        self.isWarning = isWarning
        self.text = text
    }
}

/// What is worth telling.
package enum Report: Hashable, Sendable {
    /// The scheduler's own.
    case decision(Notice)
    /// The store does not take writes or give rows: nothing is lost, nothing is called, readers are served on. Told at
    /// its begin and at its end.
    case storeFailed(StoreError)
    case storeRecovered
}
