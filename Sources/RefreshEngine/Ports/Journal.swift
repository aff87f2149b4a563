// The port to whoever watches: one event, one report. It never blocks the loop and never fails it.

package import RefreshPolicy

package protocol Journal: Sendable {
    func tell(_ report: Report)
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
