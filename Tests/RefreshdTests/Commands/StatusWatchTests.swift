// `refreshd status --watch` against a scripted control API: on a terminal, and where there is none.

import RefreshEngine
import RefreshPolicy
import Testing
import TokenAPI

@testable import Refreshd

@Suite("refreshd status --watch", .timeLimit(.minutes(10))) struct StatusWatchTests {
    private static let begin = "\u{1B}[?1049h\u{1B}[?25l"
    private static let end = "\u{1B}[?25h\u{1B}[?1049l"

    /// The pictures that were drawn, as lines without the terminal's controls.
    private func pictures(_ output: String) -> [[String]] {
        output.components("\u{1B}[H").dropFirst().map { picture in
            picture.components("\u{1B}[J")[0].components("\r\n").map { $0.replacing("\u{1B}[K", with: "") }
        }
    }

    @Test("draws each picture over the last, fits the terminal, and leaves it as it was", arguments: [6, 14, 24, 50])
    func screen(rows: Int) async throws {
        let sessions = (10..<40).map { Sample.row("s\($0)") }
        try await withControl(Sample.control(sessions, status: Sample.troubledStatus)) { socket in
            let run = await refreshd(
                ["status", "--watch"] + socket, screen: Screen(columns: 72, rows: rows), pictures: 3)

            #expect(run.status == 0)
            #expect(run.output.hasPrefix(Self.begin) && run.output.hasSuffix(Self.end))
            #expect(run.output.components(Self.begin).count == 2 && run.output.components(Self.end).count == 2)
            let pictures = pictures(run.output)
            #expect(pictures.count == 3)
            for picture in pictures {
                #expect(picture.count <= rows)
                #expect(picture.allSatisfy { $0.count <= 72 }, "\(picture)")
                #expect(picture[0].hasPrefix("refreshd, for 3h   2026-11-24 02:03:04 UTC"))
                #expect(picture[1] == "14 fresh")
                #expect(!picture.contains { $0.contains("\u{1B}") }, "foreign text is escaped")
            }
            if rows == 50 {
                let all = pictures[0].joined(separator: "\n")
                #expect(all.contains("cloud.example  4 of 10"))
                #expect(all.contains("provider failing"))
                #expect(all.contains("in 37m  shop/s10"))
                #expect(all.contains("and 12 more"))
                #expect(all.contains("02:03:04Z something is wrong\\u{1b}[2J"))
            }
        }
    }

    @Test("without a terminal writes a line for a change, and none where nothing changes")
    func lines() async throws {
        try await withControl(Sample.control(status: Sample.troubledStatus)) { socket in
            let run = await refreshd(["status", "--watch"] + socket, pictures: 4)

            #expect(run.status == 0)
            #expect(
                run.output == """
                    2026-11-24T02:03:04.005Z 14 fresh; calls do not suffice at cloud.example; API key refused at shop; \
                    provider failing at shop/google; cloud.example: 4 of 10 calls left

                    """)
            let json = await refreshd(["status", "--watch", "--json"] + socket, pictures: 2)
            #expect(json.output.split(separator: "\n").count == 2)
            #expect(json.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"events\":[") })
        }
    }

    @Test("of a daemon that is not there is an error; of one that goes away is waited for")
    func away() async throws {
        let missing = await refreshd(["status", "--watch", "--socket", "/nowhere/s"], pictures: 2)
        #expect(missing.status == 69)
        #expect(missing.output.isEmpty)

        let last = OutlookBody(
            Outlook(next: [], latest: []), Sample.status)
        var view = ScreenView()
        #expect(view.missed("gone", on: Screen(columns: 80)).isEmpty, "there is nothing to show yet")
        _ = view.show(last, "", on: Screen(columns: 80))
        let picture = pictures(view.missed("refreshd has stopped", on: Screen(columns: 80)))[0]
        #expect(picture[0] == "as of 2026-11-24 02:03:04 UTC: refreshd has stopped")
        #expect(picture[1] == "1200 fresh, 3 needs login", "what was known is shown on")
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
