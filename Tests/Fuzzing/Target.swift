// What is fuzzed: each target takes any bytes, gives them to the code that reads such bytes from strangers, and says what
// must hold of the outcome, whatever the bytes. That nothing crashes goes without saying.

package enum Target: String, CaseIterable, Sendable {
    /// Answers of Appwrite, or of whatever answers in its place.
    case answers
    /// JWTs, whose payload Appwrite vouches for.
    case claims
    /// Dates of Appwrite's, of HTTP and of our own wire.
    case dates
    /// Requests on both sockets.
    case requests
    /// The settings file.
    case settings

    /// Throws `Breach` where something does not hold that must.
    package func check(_ bytes: [UInt8]) async throws(Breach) {
        switch self {
        case .answers: try checkAnswer(bytes)
        case .claims: try checkClaims(bytes)
        case .dates: try checkDate(bytes)
        case .requests: try await checkRequest(bytes)
        case .settings: try checkSettings(bytes)
        }
    }
}

/// Something that must hold and does not.
package struct Breach: Error, CustomStringConvertible {
    package let description: String
}

func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Breach) {
    if !holds { throw Breach(description: what()) }
}
