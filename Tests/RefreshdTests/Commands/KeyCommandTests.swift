// What the commands on the key and the store are refused, and that no key shows on a terminal.

import Foundation
import Refreshd
import Testing

@Suite("The commands on the key", .timeLimit(.minutes(10))) struct KeyCommandTests {
    @Test("A new key goes to a pipe or a new file, and to a terminal only by force")
    func new() async throws {
        let piped = await refreshd(["key", "new"])
        #expect(Data(base64Encoded: String(piped.output.dropLast()))?.count == 32)
        let seen = await refreshd(["key", "new"], screen: Screen(columns: 80))
        #expect(seen.status == 64)
        #expect(seen.output == "")
        #expect(seen.notes.hasPrefix("refreshd: The key would be seen on this terminal."))
        #expect(await refreshd(["key", "new", "--force"], screen: Screen(columns: 80)).output.count == 45)

        try await withFolder { folder in
            let file = folder + "/key"
            let made = await refreshd(["key", "new", file], screen: Screen(columns: 80))
            #expect(made.status == 0)
            let key = try String(contentsOfFile: file, encoding: .utf8)
            #expect(Data(base64Encoded: String(key.dropLast()))?.count == 32)
            #expect(!made.everything.contains(String(key.dropLast())))
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            let again = await refreshd(["key", "new", file])
            #expect(again.status == 74)
            #expect(again.notes == "refreshd: \(file) is there already, and is left as it is. Name another file.\n")
        }
    }

    @Test(
        "Where there is no store, none is made",
        arguments: [["key", "export"], ["key", "rotate"], ["backup", "/none"]])
    func noStore(command: [String]) async throws {
        try await withFolder { folder in
            let file = folder + "/refreshd.yaml"
            let text =
                "projects: { main: { endpoint: https://a.example/v1, project: a } }\nstate: { directory: \(folder) }\n"
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            let run = await refreshd(command + ["--config", file])
            #expect(run.status == 66)
            #expect(run.output == "")
            #expect(run.notes.hasPrefix("refreshd: There is no store \(folder)/sessions.db."))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["refreshd.yaml"])
        }
    }
}
