// Whether calls are counted, told from what the server does: a dev key that has ended is ignored without a word, and one
// that works is answered as if it counted.

import Testing

@testable import RefreshPolicy

@Suite("Whether calls are counted")
struct CountingEvidenceTests {
    private var evidence = CountingEvidence()

    /// The findings after each answer; a call is sent when the one before was answered.
    private func findings(
        _ stated: [Int], others: ClosedRange<Int> = 0...0, inTurn: Bool = true, resets: [Int] = []
    ) -> [CountingEvidence.Finding?] {
        var evidence = evidence
        return stated.enumerated().map { index, remaining in
            let reset = index < resets.count ? resets[index] : 3600
            let rate = RateHeaders(limit: 10, remaining: remaining, reset: at(reset).onServer)
            let sentAt = inTurn ? at(index * 10) : at(0)
            return evidence.note(rate, others: others, sentAt: sentAt, receivedAt: at(index * 10 + 5))
        }
    }

    @Test("shows when three answers state what a counter would")
    func counted() {
        #expect(findings([9, 8, 7]) == [nil, nil, .counted])
        #expect(findings([9, 8, 7, 6]) == [nil, nil, .counted, .counted])
        #expect(findings([7, 9, 8], inTurn: false) == [nil, nil, .counted], "answers overtake each other")
    }

    @Test("shows not, when five in turn are told the same: each is told what would be left if it counted")
    func exempt() {
        #expect(findings([9, 9, 9, 9, 9]) == [nil, nil, nil, nil, .uncounted])
        #expect(findings([3, 3, 3, 3, 3]).last == .uncounted, "others may have spent some before")
        #expect(findings([0, 0, 0, 0, 0]).last == .uncounted)
    }

    @Test("is not known while the answers were sent for at once, since nothing had been counted by then")
    func atOnce() {
        #expect(findings([9, 9, 9, 9, 9, 9], inTurn: false) == [nil, nil, nil, nil, nil, nil])
    }

    @Test("is not known behind a name with several counters: their numbers jump up")
    func severalCounters() {
        #expect(findings([9, 9, 8, 8, 7, 7, 6, 6]).allSatisfy { $0 == nil })
        #expect(findings([9, 9, 9, 8, 8, 8, 7, 9]).allSatisfy { $0 == nil })
        #expect(findings([9, 8, 9, 7, 8, 6]).allSatisfy { $0 == nil })
    }

    @Test("is not known while others' calls come in between; those of our other projects are accounted for")
    func others() {
        #expect(findings([9, 7, 6]).allSatisfy { $0 == nil }, "somebody's call may be ours that counts not")
        #expect(findings([9, 9, 8, 8, 8]).allSatisfy { $0 == nil })
        #expect(findings([9, 7, 6], others: 1...1) == [nil, nil, .counted])
        #expect(findings([9, 7, 6], others: 0...2) == [nil, nil, .counted], "some are not answered yet")
        #expect(findings([9, 7, 6], others: 2...4).allSatisfy { $0 == nil })
    }

    @Test("is asked anew in each window: what a counter said before its reset proves nothing after it")
    func windowChange() {
        let resets = [3600, 3600, 7200, 7200, 7200]
        #expect(findings([9, 8, 9, 8, 7], resets: resets) == [nil, nil, nil, nil, .counted])
        #expect(findings([9, 9, 9, 9, 9], resets: [3600, 3600, 7200, 7200, 7200]).allSatisfy { $0 == nil })
    }

    @Test("is forgotten after a 429, and outlasts a step of our clock")
    func forgotten() {
        var forgotten = CountingEvidence()
        var stepped = CountingEvidence()
        var findings: [CountingEvidence.Finding?] = []
        for index in 0..<5 {
            let rate = RateHeaders(limit: 10, remaining: 9, reset: at(3600).onServer)
            let sentAt = at(index * 10)
            if index == 2 {
                forgotten.forget()
                stepped.stepped(by: .hours(-9))
            }
            let shift = index < 2 ? Duration.zero : .hours(-9)
            #expect(forgotten.note(rate, others: 0...0, sentAt: sentAt, receivedAt: sentAt + .seconds(5)) == nil)
            findings.append(
                stepped.note(rate, others: 0...0, sentAt: sentAt + shift, receivedAt: sentAt + shift + .seconds(5)))
        }
        #expect(findings == [nil, nil, nil, nil, .uncounted])
    }

    @Test("needs no more answers than it takes: it stays small however many come")
    func bounded() {
        let findings = findings(Array(repeating: 9, count: 200))
        #expect(findings[63] == .uncounted)
        #expect(findings[64...].allSatisfy { $0 == nil })
    }
}
