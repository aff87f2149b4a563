// The rules as they hold now, for those who do not come to the loop. The loop alone changes them, as it tells the
// scheduler: so nobody answers by other rules than are decided by.

import RefreshPolicy
import Synchronization

final class RulesInForce: Sendable {
    private let rules: Mutex<Rules>

    init(_ rules: Rules) {
        self.rules = Mutex(rules)
    }

    var now: Rules { rules.withLock { $0 } }

    func change(to new: Rules) {
        rules.withLock { $0 = new }
    }
}
