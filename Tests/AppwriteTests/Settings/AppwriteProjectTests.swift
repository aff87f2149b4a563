// Which projects can be called, and what people are told of those that cannot.

import Appwrite
import RefreshPolicy
import Testing

@Suite("Projects") struct AppwriteProjectTests {
    @Test("Appwrite's own project is refused, and what is no id")
    func projectID() throws {
        #expect(try mistakes { try project(id: "console") }?.mistakes.map(\.field) == [.projectID])
        #expect(try mistakes { try project(id: "a/b") }?.mistakes.map(\.field) == [.projectID])
        #expect(try project(id: "Console.1_a-b").projectID.rawValue == "Console.1_a-b")
    }

    @Test("Every mistake is told at once, and no key with it")
    func all() async throws {
        try await TestCertificate.withFile(holding: "no certificate") { file in
            var none = CallLimits()
            none.refresh = .zero
            let told = try #require(
                mistakes {
                    try project(
                        "http://me:9876@10.0.0.1/v1", id: "console", apiKey: "standard_0123\n", devKey: "dev 4567",
                        caFile: file, limits: none)
                })
            #expect(told.mistakes.map(\.field) == [.endpoint, .projectID, .apiKey, .devKey, .limits, .caFile])
            let words = told.mistakes.map(\.text).joined()
            #expect(!["0123", "4567", "9876"].contains(where: words.contains))
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
        _ endpoint: String = "https://a.example/v1", id: String = "peer", apiKey: String = "", devKey: String = "",
        caFile: String? = nil, limits: CallLimits = CallLimits()
    ) throws -> AppwriteProject {
        try AppwriteProject(
            alias: try #require(ProjectAlias("main")), endpoint: endpoint, projectID: id, apiKey: Secret(apiKey),
            devKey: Secret(devKey), caFile: caFile, limits: limits)
    }
}
