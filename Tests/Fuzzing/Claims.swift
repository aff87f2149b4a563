// What a JWT says of itself is read from exactly the form that JWTs have.

@testable import Appwrite

func checkClaims(_ bytes: [UInt8]) throws(Breach) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let claims = TokenClaims(of: text) else { return }
    try require(text.utf8.count { $0 == UInt8(ascii: ".") } == 2, "claims of what has not three parts")
    try require(text.utf8.allSatisfy { (0x2D...0x7A).contains($0) }, "claims of what would be no header")
    let again = TokenClaims(of: text)
    try require(
        again?.userId == claims.userId && again?.sessionId == claims.sessionId, "the same token is read in two ways")
}
