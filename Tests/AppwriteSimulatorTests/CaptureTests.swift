// The simulator against what real servers answered: same request, same answer.
import AppwriteModel
import AppwriteSimulator
import Captures
import Foundation
import Testing

@Suite("The simulator answers as the recorded servers did", .timeLimit(.minutes(10)))
struct CaptureTests {
    @Test("to each recorded request", arguments: try Capture.all().filter { CaptureTable.leftOut[$0.name] == nil })
    func answersAsRecorded(_ capture: Capture) async throws {
        let preparations = try #require(
            CaptureTable.preparations(for: capture.name), "neither compared nor named as left out")
        let answer = try await CaptureWorld(capture, preparations).replay()

        #expect(answer.status == capture.response.status)
        for name in [
            "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "Retry-After", "Content-Type", "Date",
            "X-Fallback-Cookies", "Set-Cookie",
        ] {
            #expect(answer.header(name) == capture.response.headers[name], "\(name)")
        }
        guard capture.response.headers["Content-Type"]?.hasPrefix("application/json") == true else { return }
        let mine = try JSONCoding.decode(JSON.self, from: answer.body)
        let recorded = try JSONCoding.decode(JSON.self, from: capture.response.body)
        if capture.response.status >= 400 {
            #expect(mine == recorded)
        } else {
            #expect(Shape(mine).differences(from: Shape(recorded)) == [])
            try compareMeaning(mine, recorded, of: capture)
            compareDates(mine, recorded, of: capture)
        }
    }

    /// Beyond the shape: what a JWT says, how long a list is cut, and whether a session is "current".
    private func compareMeaning(_ mine: JSON, _ recorded: JSON, of capture: Capture) throws {
        if let token = recorded["jwt"]?.text {
            #expect(try JWTSigner.claims(of: #require(mine["jwt"]?.text)) == JWTSigner.claims(of: token))
        }
        if capture.request.path.contains("limit") {
            for list in ["identities", "users"] {
                #expect(mine[list]?.elements?.count == recorded[list]?.elements?.count)
            }
        }
        for same in ["current", "provider", "factors", "countryName", "userId"] {
            #expect(mine[same] == recorded[same], "\(same)")
        }
    }

    /// What a PATCH has just set lies as far ahead as recorded, but for the second that the `Date` header leaves open:
    /// a token's expiry of "now", or a session's end that moved nearer, shows nowhere else.
    private func compareDates(_ mine: JSON, _ recorded: JSON, of capture: Capture) {
        guard capture.request.method == "PATCH" || capture.name.contains("-get-after-") else { return }
        for name in ["expire", "providerAccessTokenExpiry"] {
            let instants = [mine, recorded].map { $0[name]?.text.flatMap { Timestamps.instant($0) } }
            switch (instants[0], instants[1]) {
            case (let mine?, let recorded?): #expect(abs(mine - recorded) <= 1100, "\(name)")
            case (let mine, let recorded): #expect(mine == recorded, "\(name)")
            }
        }
    }

    @Test("and every recording is compared or left out for a reason, and none is named that does not exist")
    func tableIsComplete() throws {
        let recorded = Set(try Capture.all().map(\.name))
        let compared = CaptureTable.groups.flatMap(\.names)
        #expect(recorded.subtracting(compared).subtracting(CaptureTable.leftOut.keys).sorted() == [])
        #expect(Set(compared).union(CaptureTable.leftOut.keys).subtracting(recorded).sorted() == [])
        #expect(Set(compared).count == compared.count, "a recording stands in two groups")
        #expect(Set(compared).isDisjoint(with: CaptureTable.leftOut.keys))
    }
}

extension Capture: CustomTestStringConvertible {
    package var testDescription: String { "\(version) \(name)" }
}
