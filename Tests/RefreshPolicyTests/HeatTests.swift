// Heat: how much a grant is read, in a form that needs no rewriting as it cools.

import Foundation
import RefreshPolicy
import Testing

@Suite("The heat of a grant")
struct HeatTests {
    private let halfLife = Heat.halfLife

    private func halfLives(_ count: Double) -> Duration { .milliseconds(Int64(count * 12 * 3_600_000)) }

    /// How far a heat lies above one single read at the start, in half lives: the binary logarithm of its reads.
    private func height(_ heat: Heat) -> Double {
        Double((heat.asOneReadAt - .start).wholeMilliseconds) / Double(halfLife.wholeMilliseconds)
    }

    @Test("is greater for more reads, and for later ones")
    func order() {
        for reads in [1, 2, 3, 7, 8, 9, 1000] {
            #expect(Heat(reads: reads, at: .start) < Heat(reads: reads + 1, at: .start))
            #expect(Heat(reads: reads, at: .start) < Heat(reads: reads, at: at(1)))
        }
        let once = Heat(reads: 1, at: .start)
        #expect(once < once.adding(reads: 1, at: .start - halfLives(3)), "an old read weighs little, but something")
        #expect(once.adding(reads: 1, at: at(60)) > Heat(reads: 1, at: at(60)))
    }

    @Test("halves with every half life: twice the reads weigh as much half a day later as half of them do then")
    func halving() {
        for doublings in 0...20 {
            let many = Heat(reads: 1 << doublings, at: .start)
            #expect(many == Heat(reads: 1, at: .start + halfLives(Double(doublings))))
        }
    }

    @Test("decays alike for all, so the order of two grants changes by a read only")
    func alike() {
        var dice = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let one = Heat(reads: .random(in: 1...50, using: &dice), at: at(.random(in: -99_999...0, using: &dice)))
            let two = Heat(reads: .random(in: 1...50, using: &dice), at: at(.random(in: -99_999...0, using: &dice)))
            let (less, more) = one < two ? (one, two) : (two, one)
            let reads = Int.random(in: 1...9, using: &dice)
            let now = at(.random(in: 0...999_999, using: &dice))
            #expect(less.adding(reads: reads, at: now) <= more.adding(reads: reads, at: now))
        }
    }

    @Test("grows by a table that is within two thousandths of a half life, a minute and a half, of the logarithm")
    func table() {
        for step in 0...600 {
            let distance = Double(step) / 50
            let upper = Heat(reads: 1, at: .start)
            let lower = Heat(reads: 1, at: .start - halfLives(distance))
            let exact = log2(1 + exp2(-distance))
            #expect(abs(height(upper.adding(lower)) - exact) < 2.0 / 1000, "at a distance of \(distance)")
            #expect(upper.adding(lower) == lower.adding(upper))
        }
    }

    @Test("of n reads at once is the logarithm of n, and that of n single reads", arguments: [1, 2, 3, 17, 100, 255])
    func together(_ count: Int) {
        let atOnce = Heat(reads: count, at: .start)
        var oneByOne = Heat(reads: 1, at: .start)
        for _ in 1..<count { oneByOne = oneByOne.adding(reads: 1, at: .start) }
        #expect(abs(height(atOnce) - log2(Double(count))) < 3.0 / 1000)
        #expect(abs(height(oneByOne) - height(atOnce)) < 1.0 / 100)
    }

    @Test("tells how many reads are to be expected: as many as there would be if they went on as they have been")
    func expected() {
        for perHour in [1, 2, 5, 20] {
            var heat = Heat(reads: perHour, at: at(0))
            for hour in 1..<200 { heat = heat.adding(reads: perHour, at: at(hour * 3600)) }
            let now = at(199 * 3600 + 1800)
            let reads = heat.expectedReads(in: .hours(1), at: now)
            #expect(abs(reads - perHour * 1000) < perHour * 30, "within three hundredths")
            #expect(abs(heat.expectedReads(in: .minutes(30), at: now) - reads / 2) < perHour * 2)
            #expect(abs(heat.expectedReads(in: .hours(1), at: now + halfLives(1)) - reads / 2) < perHour * 20)
        }
        let once = Heat(reads: 1, at: .start)
        #expect(once.expectedReads(in: .hours(1), at: .start + .days(90)) == 0)
        #expect(once.stepped(by: .days(36_525)).expectedReads(in: .days(90), at: .start) >= 1_000_000)
        #expect(once.expectedReads(in: .seconds(Int64.max), at: .start - .days(36_525)) >= 1_000_000)
    }

    @Test("of absurd numbers of reads, or at absurd times, is still one", arguments: [Int.min, -1, 0, 1, .max])
    func absurd(_ reads: Int) {
        let latest = WallTime(milliseconds: .max)
        #expect(Heat(reads: reads, at: .start) >= Heat(reads: 1, at: .start))
        #expect(Heat(reads: reads, at: latest).adding(reads: reads, at: .start) > Heat(reads: 1, at: .start))
    }

    @Test("moves along when our clock is stepped, and so keeps its order and its sums")
    func step() {
        let first = Heat(reads: 9, at: .start)
        let second = Heat(reads: 7, at: at(4000))
        for step in [Duration.days(-400), .seconds(1), .hours(9)] {
            #expect(first.stepped(by: step) == Heat(reads: 9, at: .start + step))
            #expect((first.stepped(by: step) < second.stepped(by: step)) == (first < second))
            #expect(first.adding(second).stepped(by: step) == first.stepped(by: step).adding(second.stepped(by: step)))
        }
    }
}
