// Which projects can be called, and what people are told of those that cannot.

import Appwrite
import RefreshPolicy
import Testing

@Suite("Projects", .timeLimit(.minutes(10))) struct AppwriteProjectTests {
    @Test("Appwrite's own project is refused, and what is no id")
    func projectID() {
        #expect(AppwriteProjectID("console") == nil)
        #expect(AppwriteProjectID("a/b") == nil)
        #expect(AppwriteProjectID("Console.1_a-b")?.rawValue == "Console.1_a-b")
    }

    @Test("Every mistake is told at once, and no key with it")
    func all() async throws {
        try await TestCertificate.withFile(holding: "no certificate") { file in
            let told = try #require(
                try mistakes { try project(apiKey: "standard_0123\n", devKey: "dev 4567", caFile: file) })
            #expect(told.mistakes.map(\.field) == [.apiKey, .devKey, .caFile])
            let words = told.mistakes.map(\.text).joined()
            #expect(!["0123", "4567"].contains(where: words.contains))
        }
    }

    @Test("A caFile that is not there is a mistake")
    func noFile() throws {
        #expect(try mistakes { try project(caFile: "/nowhere/ca.pem") }?.mistakes.map(\.field) == [.caFile])
    }

    private func mistakes(_ make: () throws -> AppwriteProject) throws -> ProjectMistakes? {
        do {
            _ = try make()
            return nil
        } catch let mistakes as ProjectMistakes {
            return mistakes
        }
    }

    private func project(
        apiKey: String = "", devKey: String = "", caFile: String? = nil
    ) throws -> AppwriteProject {
        try AppwriteProject(
            alias: try #require(ProjectAlias("main")),
            endpoint: try Endpoint("https://a.example/v1", plainHTTP: .loopbackOnly),
            projectID: try #require(AppwriteProjectID("peer")), apiKey: Secret(apiKey), devKey: Secret(devKey),
            caFile: caFile)
    }
}
