// What is told of refusals and reads: enough to know, and never so much that it fills journal or memory (law 11).

import NIOCore
import RefreshPolicy
import Testing

@testable import TokenAPI

@Suite("What the door tells")
struct AccessLedgerTests {
    private let start = NIODeadline.now()

    @Test("A flood of refusals is told once a minute for each user, with how many were not")
    func refusals() {
        var ledger = RefusalLedger()
        #expect(ledger.note(user: 33, at: start) == 0)
        for second in 1...50 { #expect(ledger.note(user: 33, at: start + .seconds(Int64(second))) == nil) }
        #expect(ledger.note(user: 34, at: start + .seconds(51)) == 0)
        #expect(ledger.note(user: 33, at: start + .seconds(60)) == 50)
        #expect(ledger.note(user: 34, at: start + .seconds(61)) == 0)
        #expect(ledger.note(user: 33, at: start + .seconds(120)) == 0)
    }

    @Test("Of more users than there is room for, the rest is not told, and remembered neither")
    func manyUsers() {
        var ledger = RefusalLedger()
        let told = (0..<UInt32(2 * RefusalLedger.most)).filter { ledger.note(user: $0, at: start) != nil }
        #expect(told.count == RefusalLedger.most)
        let next = ledger.note(user: .max, at: start + .minutes(1))
        #expect(next == 0)
    }

    @Test("A grant's reads are told once an hour for each user")
    func reads() {
        var ledger = ReadLedger()
        let other = Grant(project: id("shop"), user: id("ada"), provider: id("google"), providerUID: "other")
        #expect(ledger.note(user: 33, grant: grant, at: start) == .first)
        #expect(ledger.note(user: 33, grant: grant, at: start + .minutes(59)) == nil)
        #expect(ledger.note(user: 34, grant: grant, at: start + .minutes(59)) == .first)
        #expect(ledger.note(user: 33, grant: other, at: start + .minutes(59)) == .first)
        #expect(ledger.note(user: 33, grant: grant, at: start + .minutes(60)) == .first)
    }

    @Test("Above the limit of an hour it is told once that no more are")
    func manyReads() {
        var ledger = ReadLedger()
        var notices: [ReadLedger.Notice: Int] = [:]
        for number in 0..<(ReadLedger.most + 1000) {
            let grant = Grant(project: id("shop"), user: id("u\(number)"), provider: id("google"), providerUID: "")
            if let notice = ledger.note(user: 33, grant: grant, at: start) { notices[notice, default: 0] += 1 }
        }
        #expect(notices == [.first: ReadLedger.most, .full: 1])
        #expect(ledger.note(user: 33, grant: grant, at: start + .hours(1)) == .first)
    }
}
