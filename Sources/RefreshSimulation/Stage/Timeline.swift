// What is going to happen, in the order of its time; of two things at one moment, the one planned first comes first. So
// one seed gives one history.

struct Timeline<Item: Sendable>: Sendable {
    private struct Entry {
        let time: Int64
        let number: Int
        let item: Item

        func isBefore(_ other: Entry) -> Bool { (time, number) < (other.time, other.number) }
    }

    /// A binary heap: an entry is never after the two below it.
    private var heap: [Entry] = []
    private var planned = 0

    var nextTime: Int64? { heap.first?.time }

    mutating func plan(_ item: Item, at time: Int64) {
        planned += 1
        heap.append(Entry(time: time, number: planned, item: item))
        var place = heap.count - 1
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func take() -> Item? {
        guard let first = heap.first else { return nil }
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
        var place = 0
        while true {
            let left = 2 * place + 1
            guard left < heap.count else { break }
            let right = left + 1
            let lesser = right < heap.count && heap[right].isBefore(heap[left]) ? right : left
            guard heap[lesser].isBefore(heap[place]) else { break }
            heap.swapAt(place, lesser)
            place = lesser
        }
        return first.item
    }
}
