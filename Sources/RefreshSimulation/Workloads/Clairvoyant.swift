// What nobody can beat: an upper bound on the reads that can be fresh, for one who knows all reads beforehand. Each call of
// a window has a price; every grant buys the calls that pay for themselves; and for any prices whatever, what all of them
// gain together, and the price of all calls there are, is no less than the best that could be done (Lagrangian relaxation).
// The prices are then changed until the bound hardly falls any more.

extension Workload {
    /// The most reads that can be fresh, or a little more.
    package func bound(rounds: Int = 150) -> Int {
        let byGrant = (0..<grants).map { grant in reads.filter { $0.grant == grant }.map(\.time) }
        let first = begin / Self.window
        let windows = Int((end - begin) / Self.window) + 1
        var prices = Array(repeating: 0.0, count: windows)
        var best = Double(reads.count)
        var step = 4.0
        for round in 0..<rounds {
            var bought = Array(repeating: 0, count: windows)
            var value = prices.reduce(0, +) * Double(Self.callsPerWindow)
            for grant in 0..<grants {
                value += purchase(byGrant[grant], firstEnd: firstEnds[grant], first, prices, &bought)
            }
            best = min(best, value)
            for window in 0..<windows {
                let excess = Double(bought[window] - Self.callsPerWindow)
                prices[window] = max(0, prices[window] + step * excess / Double(Self.callsPerWindow))
            }
            if round % 15 == 14 { step *= 0.75 }
        }
        return Int(best.rounded(.up))
    }

    /// The fewest calls that make every read fresh, however many a window has.
    package var fewestCalls: Int {
        (0..<grants).map { grant in fewest(reads.filter { $0.grant == grant }.map(\.time), firstEnds[grant]) }
            .reduce(0, +)
    }

    /// How long a call serves readers.
    private var reach: Int64 { Self.life - Self.minValid }

    /// The most that one grant can gain at these prices; and what it buys for that.
    private func purchase(
        _ times: [Int64], firstEnd: Int64, _ first: Int64, _ prices: [Double], _ bought: inout [Int]
    ) -> Double {
        // From the last read to the first: what can be gained from a read on, given that it is not covered yet.
        var gains = Array(repeating: 0.0, count: times.count + 1)
        var choices: [(window: Int, next: Int)?] = Array(repeating: nil, count: times.count)
        func firstRead(from time: Int64) -> Int {
            var low = 0
            var high = times.count
            while low < high {
                let middle = (low + high) / 2
                if times[middle] >= time { high = middle } else { low = middle + 1 }
            }
            return low
        }
        for index in stride(from: times.count - 1, through: 0, by: -1) {
            gains[index] = gains[index + 1]
            // In this read's own window, just before it; or as late as can be in an earlier one.
            var call = times[index]
            while call + reach >= times[index], call >= begin {
                let window = Int(call / Self.window - first)
                let next = firstRead(from: call + reach)
                let gain = Double(next - index) - prices[window] + gains[max(next, index + 1)]
                if gain > gains[index] {
                    gains[index] = gain
                    choices[index] = (window, max(next, index + 1))
                }
                call = call / Self.window * Self.window - 1
            }
        }
        let start = firstRead(from: firstEnd - Self.minValid)
        var index = start
        while index < times.count {
            if let choice = choices[index] {
                bought[choice.window] += 1
                index = choice.next
            } else {
                index += 1
            }
        }
        return Double(start) + gains[start]
    }

    /// The fewest calls, each just before the first read that no call covers.
    private func fewest(_ times: [Int64], _ firstEnd: Int64) -> Int {
        var covered = firstEnd - Self.minValid
        var calls = 0
        for time in times where time >= covered {
            calls += 1
            covered = time + reach
        }
        return calls
    }
}
