// An index in memory: keys in the order of a value, found by halving.

import RefreshPolicy

/// Keys by a value that each has one of, and by themselves where values are the same.
struct OrderedIndex<Value: Comparable & Sendable>: Sendable {
    private(set) var entries: [(value: Value, key: SessionKey)] = []

    mutating func insert(_ key: SessionKey, at value: Value) {
        entries.insert((value, key), at: place(of: value, key))
    }

    mutating func remove(_ key: SessionKey, at value: Value) {
        let place = place(of: value, key)
        if place < entries.count, entries[place].key == key { entries.remove(at: place) }
    }

    /// Where the first entry stands that is not before this value and key.
    private func place(of value: Value, _ key: SessionKey) -> Int {
        first { ($0.value, $0.key) >= (value, key) }
    }

    /// The first entry for which this holds, given that it holds for all after it.
    func first(where holds: ((value: Value, key: SessionKey)) -> Bool) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if holds(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
