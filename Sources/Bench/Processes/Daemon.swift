// A refreshd that is measured, in a folder of its own.

import Foundation
import Harness

final class Daemon: Measured, Sendable {
    let folder: BenchFolder
    let child: ChildProcess
    /// From the start of the process to READY=1.
    let start: Duration
    /// What the daemon tells its service manager goes somewhere as long as it runs.
    private let manager: NotifySocket

    /// `projects` are the lines under `projects:` of its settings.
    init(in folder: BenchFolder, projects: String) throws {
        self.folder = folder
        let settings = try folder.write(
            """
            projects:
            \(projects)
            state: { directory: \(folder.path)/state }
            sockets:
              token: { path: \(folder.tokenSocket) }
              control: { path: \(folder.path)/control.sock }
            log: { level: warning }

            """, to: "refreshd.yaml")
        manager = try NotifySocket(path: "\(folder.path)/\(UInt16.random(in: 0 ... .max)).notify")
        let begin = ContinuousClock.now
        child = try ChildProcess(
            try BuiltProgram.path("refreshd"), ["serve", "--config", settings],
            environment: ["NOTIFY_SOCKET": manager.path], output: folder.path + "/refreshd.log")
        try manager.waitUntilReady(within: .seconds(300))
        start = ContinuousClock.now - begin
    }

    /// A project whose sessions are registered by their secrets, at an address where nobody is.
    static let still = "  main: { endpoint: http://127.0.0.1:9/v1, project: still }"
}
