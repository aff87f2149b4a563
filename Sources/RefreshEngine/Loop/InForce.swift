// Something that may be another while all goes on, as it holds now.

import Synchronization

package final class InForce<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    package init(_ value: Value) {
        self.value = Mutex(value)
    }

    package var now: Value { value.withLock { $0 } }

    package func change(to new: Value) {
        value.withLock { $0 = new }
    }
}
