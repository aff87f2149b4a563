// There are as many connections as calls at once.

import Testing

@testable import Refreshd

@Suite("Connections to Appwrite")
struct ConnectionRoomTests {
    @Test("are enough for the paces of all projects, and for as many more", arguments: [("", 16), ("64", 72)])
    func room(most: String, expected: Int) throws {
        let pace = most.isEmpty ? "" : "pace: { maxInFlight: \(most) }"
        let settings = try Settings.parse(
            """
            projects:
              main:
                endpoint: https://a.example/v1
                project: a
                \(pace)
            """, file: "refreshd.yaml")
        #expect(settings.connections.perHost == expected)
    }
}
