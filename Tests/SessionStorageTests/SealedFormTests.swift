// The form of what is sealed is that of the stores in the field: what is written here was made once, by the key of all
// tests, and is never made anew.

import Foundation
import RefreshPolicy
import Testing

@testable import SessionStorage

@Suite("The form of what is sealed")
struct SealedFormTests {
    private static let keyID = "53834f93a90a860e"
    /// In base64, as the value below.
    private static let keyProof = "AVODT5OpCoYOdySvBdFo2jcGG5PwPJf/x087R+09YrF1EsltiaGVswusexkW"
    /// "frozen token", as the token of session s of project app.
    private static let token = "AVODT5OpCoYOz0i8U+18knxBslWahPdDnRFz07JrfzUWIDtPn0rpeVkXwz0du5CH+g=="

    @Test("has the same id for the same key")
    func sameID() {
        #expect(TestFolder.key.id.description == Self.keyID)
    }

    @Test("lets a key be proven by what proved it before")
    func proven() throws {
        let proof = try #require(Data(base64Encoded: Self.keyProof))
        #expect(Sealer(key: TestFolder.key).isProven(by: proof))
        #expect(!Sealer(key: SealingKey.of(Array(1...32))).isProven(by: proof))
    }

    @Test("lets a token be opened that was sealed before")
    func opened() throws {
        let sealed = try #require(Data(base64Encoded: Self.token))
        let seal = Sealer(key: TestFolder.key).seal(of: SessionKey("app", "s"))
        #expect(seal.open(sealed, as: .token)?.reveal() == "frozen token")
    }
}
