// Says of each damaged session once in a run that it is damaged: the loop reads a row again and again.

import RefreshEngine
import RefreshPolicy
import Synchronization

final class DamageTold: Sendable {
    private let listener: @Sendable (StoreError) -> Void
    private let told = Mutex<Set<Told>>([])

    /// More than this, and the file is what is damaged; a log of each session tells nobody anything.
    private static let most = 1000

    private struct Told: Hashable {
        let key: SessionKey
        let column: SealedColumn
    }

    init(listener: @escaping @Sendable (StoreError) -> Void) {
        self.listener = listener
    }

    func tell(_ column: SealedColumn, of key: SessionKey) {
        let isNews = told.withLock { $0.count < Self.most && $0.insert(Told(key: key, column: column)).inserted }
        if isNews { listener(.unopened(column, of: key)) }
    }
}
