// The forecast of who goes without.

import Foundation
import Testing
import TokenAPI

@testable import Refreshd

@Suite("The words of a shortage") struct ShortageWordsTests {
    @Test(
        "say how many grants need how many calls, and nothing where calls suffice",
        arguments: [
            (7, 7, "15.344", "8", "14 grants need 15.3 calls an hour, 8 available: 7 not kept"),
            (0, 1, "20", "0.95", "1 grant needs 20 calls an hour, 1 available: 1 not kept"),
            (7, 993, "1044", "8", "1000 or more grants need 1044 calls an hour, 8 available: 993 or more not kept"),
            (1, 1, "1e300", "-1", "2 grants need 1000000000 calls an hour, 0 available: 1 not kept"),
            (9, 0, "9.9", "10", nil),
        ] as [(Int, Int, String, String, String?)])
    func line(kept: Int, notKept: Int, needed: String, available: String, told: String?) throws {
        let json = """
            {"kept":\(kept),"not_kept":\(notKept),"needed_per_hour":\(needed),"available_per_hour":\(available)}
            """
        let shortage = try WireCoding.decode(ShortageBody.self, from: Data(json.utf8))

        #expect(ShortageWords.line(of: shortage) == told.map { $0 + "; a dev key lifts the limit" })
    }
}
