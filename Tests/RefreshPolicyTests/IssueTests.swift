// When a token was issued, as far as what Appwrite shows of its session tells.

import RefreshPolicy
import Testing

@Suite("A token was issued")
struct IssueTests {
    private func issue(_ facts: SessionFacts) -> WallTime? {
        let row = Evidence.seen(at(0)).row(
            for: facts, in: .named("app"), source: .apiKey, keep: .used, reason: Reason(.found))
        return row.token?.issuedAt
    }

    @Test("when its session was last written, if it lived on after that")
    func lastWrite() {
        #expect(issue(.google(issued: at(-50), expires: at(3550), created: at(-86_400))) == at(-50))
    }

    @Test("at the login, where its session was last written after the token's end: anything may have written it")
    func writtenAfterItsEnd() {
        #expect(issue(.google(issued: at(-50), expires: at(-82_800), created: at(-86_400))) == at(-86_400))
    }
}
