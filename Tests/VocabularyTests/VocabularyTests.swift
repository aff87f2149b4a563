// Foreign text, queries and problems in the words of the command line.

import Testing
import Vocabulary

@Suite("Words")
struct VocabularyTests {
    @Test("What is not plainly visible is written out, and what is long is cut")
    func shown() {
        #expect("a\u{1B}[2J\n\u{202E}ü😀".shown() == "a\\u{1b}[2J\\u{a}\\u{202e}ü😀")
        #expect(String(repeating: "a", count: 5).shown(limit: 3) == "aaa…")
    }

    @Test("A query holds RFC 3986's unreserved characters as they are, and all others as bytes of UTF-8")
    func percentEncoded() {
        #expect("azAZ09-._~".percentEncoded == "azAZ09-._~")
        #expect("ü +&=%/?#\n\0".percentEncoded == "%C3%BC%20%2B%26%3D%25%2F%3F%23%0A%00")
    }

    @Test("The API's parameters are options on the command line, and nothing else between backticks is")
    func options() {
        let failure = CommandFailure(
            problem: .noTokenYet, status: 503, detail: "Wait with `max_wait`, not `sleep`; or `max_wait.", accounts: nil
        )
        #expect(failure.message == "Wait with --max-wait, not `sleep`; or `max_wait.")
        #expect(failure.status == .tryAgain)
        #expect(failure.isAnswer)
    }

    @Test("A problem's type is known by its kind, both ways")
    func types() {
        for kind in ProblemKind.allCases { #expect(ProblemKind(type: kind.type) == kind) }
        #expect(ProblemKind(type: "needs-login") == nil)
        #expect(ProblemKind(type: "urn:refreshd:problem:tea") == nil)
    }
}
