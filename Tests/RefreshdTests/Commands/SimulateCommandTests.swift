// `refreshd simulate`: settings tried out on make-believe sessions, without a daemon.

import Foundation
import RefreshPolicy
import Testing

@Suite("refreshd simulate", .timeLimit(.minutes(10))) struct SimulateCommandTests {
    private struct Body: Decodable {
        struct Hour: Decodable {
            let calls, needed, reads, found, waited, missed: Int
        }

        struct Session: Decodable {
            let user: String
            let calls, reads, found, missed: Int
        }

        let available_per_hour: Int?
        let hours: [Hour]
        let sessions: [Session]
    }

    /// Settings of one project, with these lines more.
    private func simulate(_ more: String = "", _ arguments: [String] = []) async throws -> CommandRun {
        try await withFolder { folder in
            let file = folder + "/refreshd.yaml"
            let text = "projects: { main: { endpoint: https://a.example/v1, project: shop\(more) } }"
            try Data(text.utf8).write(to: URL(filePath: file))
            return await refreshd(["simulate", "--config", file] + arguments)
        }
    }

    private func body(_ more: String = "", _ arguments: [String] = []) async throws -> Body {
        let run = try await simulate(more, arguments + ["--json"])
        #expect(run.status == 0 && run.notes.isEmpty)
        return try JSONDecoder().decode(Body.self, from: Data(run.output.utf8))
    }

    @Test("seven one-hour tokens are kept by ten calls an hour; twenty are not, unless there is a dev key")
    func budget() async throws {
        let few = try await body("", ["--sessions", "7", "--hours", "6"])
        #expect(few.available_per_hour == 10)
        #expect(few.hours.map(\.missed) == Array(repeating: 0, count: 6))
        #expect(few.hours.allSatisfy { $0.calls <= 10 && $0.needed == $0.calls })

        let many = try await body("", ["--sessions", "20", "--hours", "6"])
        #expect(many.hours.map(\.missed).reduce(0, +) > 0)
        #expect(many.hours.allSatisfy { $0.calls <= 10 })
        #expect(many.hours.contains { $0.needed > 10 })
        #expect(many.hours.map(\.reads).reduce(0, +) == many.sessions.map(\.reads).reduce(0, +))
        #expect(many.hours.map(\.calls).reduce(0, +) == many.sessions.map(\.calls).reduce(0, +))
        #expect(many.hours.allSatisfy { $0.reads == $0.found + $0.missed })

        let unmetered = try await body(", unmetered: true", ["--sessions", "20", "--hours", "6"])
        #expect(unmetered.available_per_hour == nil)
        #expect(unmetered.hours.map(\.missed).reduce(0, +) == 0)
    }

    @Test(
        "as many one-hour tokens as a check says that calls suffice for are always found; with one more, they are not")
    func capacity() async throws {
        let most = BudgetRules().mostKept(ofLife: .seconds(3600), waits: Waits())
        for (sessions, isEnough) in [(most, true), (most + 1, false)] {
            let tried = try await body("", ["--sessions", "\(sessions)", "--hours", "24", "--reads", "uniform"])
            #expect((tried.hours.map(\.missed).reduce(0, +) == 0) == isEnough, "\(sessions)")
        }
    }

    @Test("keep rules and the tokens' lives change what comes of it")
    func rules() async throws {
        let night = ["--sessions", "20", "--hours", "30", "--reads", "night"]
        let declared = try await body(#", keep: [{ keep: "03:00 for 20m" }]"#, night)
        let undeclared = try await body("", night)
        #expect(declared.hours.map(\.found).reduce(0, +) > undeclared.hours.map(\.found).reduce(0, +))

        let long = try await body("", ["--sessions", "20", "--hours", "6", "--lifetime", "6h"])
        #expect(long.hours.map(\.missed).reduce(0, +) == 0)
    }

    @Test("says in tables how each hour went and who went without; and the same each time")
    func tables() async throws {
        let run = try await simulate("", ["--sessions", "20", "--hours", "3"])
        #expect(run.status == 0)
        #expect(
            run.output.contains(/[0-9.]+ % of [0-9]+ reads found a token, [0-9]+ of them after a wait, by [0-9]+ calls/)
        )
        #expect(run.output.contains(/\n00:00 +[0-9]+ +[0-9]+ +10 +[0-9]+/))
        #expect(run.output.contains("sessions were read in vain, most of all:"))
        #expect(try await simulate("", ["--sessions", "20", "--hours", "3"]).output == run.output)

        let days = try await simulate("", ["--hours", "30"]).output
        #expect(days.contains(/\nday 1 05:00 +[0-9]/) && days.contains(/\nday 2 05:00 +[0-9]/))
        #expect(!days.contains("\n05:00"))
    }

    @Test("refuses what it cannot try, with the reason")
    func refused() async throws {
        #expect(try await simulate("", ["--sessions", "0"]).status == 64)
        #expect(try await simulate("", ["--hours", "169"]).status == 64)
        #expect(try await simulate("", ["--lifetime", "5s"]).status == 64)
        #expect(try await simulate("", ["--reads", "dawn"]).status == 64)
        let unknown = try await simulate("", ["--project", "side"])
        #expect(unknown.status == 66)
        #expect(unknown.notes == "refreshd: the settings have no project side; they have main\n")
        let mistaken = try await simulate(", x: y")
        #expect(mistaken.status == 78)
    }
}
