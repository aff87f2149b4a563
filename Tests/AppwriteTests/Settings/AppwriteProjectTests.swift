// Which projects can be called, and what people are told of those that cannot.

import Appwrite
import RefreshPolicy
import Testing

@Suite("Projects") struct AppwriteProjectTests {
    @Test("Appwrite's own project is refused, and what is no id")
    func projectID() throws {
        #expect(try fields { try project(id: "console") } == [.projectID])
        #expect(try fields { try project(id: "a/b") } == [.projectID])
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
        #expect(try fields { try project(caFile: "/nowhere/ca.pem") } == [.caFile])
    }

    private func fields(_ make: () throws -> AppwriteProject) throws -> [ProjectMistakes.Field] {
        try #require(mistakes(make)).mistakes.map(\.field)
    }

    private func mistakes(_ make: () throws -> AppwriteProject) -> ProjectMistakes? {
        #expect(throws: ProjectMistakes.self) { _ = try make() }
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
