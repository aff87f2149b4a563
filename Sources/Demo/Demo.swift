// `make demo`: refreshd keeps the sessions of a simulated Appwrite fresh for a minute, is killed in the middle, and is
// judged by what others saw.

import Foundation
import UnixSignals

/// Plays the demo and ends the process: 0 when all was as it should be, 1 when not, 128 and the signal when interrupted.
package func runDemo() async -> Never {
    exit(await demo())
}

private func demo() async -> Int32 {
    let screen = Screen()
    let folder: RunFolder
    do {
        folder = try RunFolder()
    } catch {
        screen.say("refreshd-demo: \(error)")
        return 1
    }
    do {
        let isGood = try await untilSignal { try await play(in: folder, on: screen) }
        guard isGood else {
            Aftermath(folder: folder, screen: screen).show()
            return 1
        }
        try folder.remove()
        return 0
    } catch let interruption as Interruption {
        screen.say("\ninterrupted")
        // Nothing failed, so nothing is kept; what cannot be removed is in a folder for temporary files.
        try? folder.remove()
        return 128 + interruption.signal.rawValue
    } catch {
        screen.say("\nrefreshd-demo: \(error)")
        Aftermath(folder: folder, screen: screen).show()
        return 1
    }
}

/// Plays, and ends what was started in every case.
private func play(in folder: RunFolder, on screen: Screen) async throws -> Bool {
    screen.say(
        """

        refreshd keeps \(Cast.roles.count) sessions of a simulated Appwrite fresh, for a minute. A window of
        Appwrite's rate limit lasts \(Script.window.components.seconds) s here, not an hour, and most tokens live half a minute.

        """)
    let simulator = try await Simulator(in: folder)
    defer { simulator.end() }
    let daemon = Daemon(in: folder)
    defer { daemon.end() }
    let play = Play(folder: folder, simulator: simulator, daemon: daemon, records: Records(), screen: screen)
    let testimony = try await play.run()
    let verdict = Judge.judge(testimony)
    screen.say(Summary(verdict: verdict, testimony: testimony).text)
    return verdict.misdeeds.isEmpty
}

private struct Interruption: Error {
    let signal: UnixSignal
}

/// Runs `body`, and cancels it when the demo is told to end.
private func untilSignal(_ body: @escaping @Sendable () async throws -> Bool) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask { try await body() }
        group.addTask {
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup) {
                throw Interruption(signal: signal)
            }
            throw CancellationError()
        }
        defer { group.cancelAll() }
        return try await group.next() ?? false
    }
}

/// What is left to look at when something failed.
private struct Aftermath {
    let folder: RunFolder
    let screen: Screen

    private static let lines = 20

    func show() {
        // `try?`: where there is no log yet, there is nothing to show.
        if let log = try? String(contentsOfFile: folder.daemonLog, encoding: .utf8) {
            let last = log.split(separator: "\n").suffix(Self.lines)
            screen.say("The last lines of refreshd:\n" + last.map { "  \($0)" }.joined(separator: "\n"))
        }
        screen.say("Everything is kept in \(folder.path)")
    }
}
