// What the fuzzer found worth keeping is tried in every run.

import Fuzzing
import Testing

@Suite("What strangers may send", .timeLimit(.minutes(10)))
struct CorpusTests {
    @Test("breaks nothing that must hold", arguments: Target.allCases)
    func corpus(of target: Target) async throws {
        let samples = try Sample.all(of: target)
        #expect(samples.count > 10)
        for sample in samples {
            do {
                try await target.check(sample.bytes)
            } catch {
                Issue.record("\(sample): \(error)")
            }
        }
    }

    /// Fixed chance: the same changes in every run.
    @Test("nor with some bytes changed", arguments: Target.allCases)
    func changed(target: Target) async throws {
        var dice = Dice(state: 1)
        for sample in try Sample.all(of: target) {
            for _ in 0..<20 {
                var bytes = sample.bytes
                for _ in 0..<Int.random(in: 1...4, using: &dice) {
                    let place = Int.random(in: 0...bytes.count, using: &dice)
                    switch Int.random(in: 0..<3, using: &dice) {
                    case 0: bytes.insert(UInt8.random(in: 0...255, using: &dice), at: place)
                    case 1 where place < bytes.count: bytes.remove(at: place)
                    case _ where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
                    default: bytes = []
                    }
                }
                do {
                    try await target.check(bytes)
                } catch {
                    Issue.record("\(sample), changed to \(bytes): \(error)")
                }
            }
        }
    }
}

/// A linear congruential generator, as Knuth gives it for 64 bits.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }
}
