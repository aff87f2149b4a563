// A journal that a test reads afterwards.

package import RefreshEngine
package import RefreshPolicy
import Synchronization

package final class CollectingJournal: Journal {
    private let told = Mutex<[Report]>([])

    package init() {}

    package var reports: [Report] { told.withLock { $0 } }

    /// The scheduler's notices among the reports.
    package var notices: [Notice] {
        reports.compactMap { report in
            if case .decision(let notice) = report { notice } else { nil }
        }
    }

    /// Nobody's words are known here.
    package var latest: [JournalLine] { [] }

    package func tell(_ report: Report) {
        told.withLock { $0.append(report) }
    }
}
