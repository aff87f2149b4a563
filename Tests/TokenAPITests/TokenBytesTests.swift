// The answer that is written by hand says what the encoder would.

import Foundation
import RefreshEngine
import RefreshPolicy
import Testing

@testable import TokenAPI

@Suite("The bytes of a token's answer")
struct TokenBytesTests {
    private func token(_ value: String, providerUID: String, endsIn life: Duration?) throws -> ServedToken {
        ServedToken(
            key: key,
            grant: Grant(project: id("shop"), user: id("ada"), provider: id("google"), providerUID: providerUID),
            value: try #require(Secret(value)), issuedAt: now, expiresAt: life.map { now + $0 }, standing: .fresh)
    }

    @Test("are the encoder's own, where nothing is to be escaped", arguments: [nil, 1, 3600], [true, false])
    func plain(life: Int?, minValidMet: Bool) throws {
        let served = try token("ya29.a0/+=~é🎟", providerUID: "ada@example.org", endsIn: life.map { .seconds($0) })
        let body = TokenBody(served, minValidMet: minValidMet, now: now)
        #expect(Data(body.bytes.readableBytesView) == (try WireCoding.encode(body)))
    }

    @Test("say the same as the encoder's, whatever a provider calls a user")
    func escaped() throws {
        var dice = SeededGenerator(seed: 11)
        let scalars = (0...0x2030).compactMap { Unicode.Scalar($0) }
        for _ in 0..<300 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...40, using: &dice) {
                let isStrange = Bool.random(using: &dice)
                text.append(scalars[Int.random(in: 0..<(isStrange ? 0x80 : scalars.count), using: &dice)])
            }
            let strange = String(text)
            let body = TokenBody(
                try token(strange, providerUID: strange, endsIn: .seconds(9)), minValidMet: true, now: now)
            let read = try WireCoding.decode(TokenBody.self, from: Data(body.bytes.readableBytesView))
            #expect(read == body)
            #expect(read.providerUID.utf8.elementsEqual(strange.utf8))
        }
    }
}
