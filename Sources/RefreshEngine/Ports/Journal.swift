// The port to whoever watches: one event, one report. It never blocks the loop and never fails it.

package import RefreshPolicy

package protocol Journal: Sendable {
    func tell(_ report: Report)
}

/// What is worth telling.
package enum Report: Hashable, Sendable {
    /// The scheduler's own.
    case decision(Notice)
    /// Sessions of a project cannot be searched for; the search goes on. Told at its begin and at its end.
    case searchFailed(ProjectAlias, Reason)
    case searchRecovered(ProjectAlias)
    /// The store does not take writes or give rows: nothing is lost, nothing is called, readers are served on. Told at
    /// its begin and at its end.
    case storeFailed(StoreError)
    case storeRecovered
}
