// Apps that read tokens all the time and write down what they get; and a pulse that tells how well the machine keeps up.

import AppwriteModel
import AppwriteSimulator
import Dispatch
import Glibc

struct App: Sendable {
    let world: World
    let records: Records

    /// Reads one session or grant after another until cancelled, the dice saying whose and how.
    func run(seed: UInt64) async throws {
        var dice = SeededDice(seed: seed)
        while !Task.isCancelled {
            guard let tenant = records.tenants.randomElement(using: &dice) else { return }
            let read = await read(
                tenant, bySession: Bool.random(using: &dice),
                minValid: [0, 1, 5, 60, 3600].randomElement(using: &dice) ?? 0,
                maxWait: [0, 0, 1, 2, 3].randomElement(using: &dice) ?? 0)
            if let read { records.change { $0.reads.append(read) } }
            // Ends early when the task is cancelled, which the loop sees.
            try? await Task.sleep(for: .milliseconds(Int.random(in: 20...200, using: &dice)))
        }
    }

    /// Nil where the reading was cancelled, which proves nothing.
    private func read(_ tenant: Tenant, bySession: Bool, minValid: Int, maxWait: Int) async -> Read? {
        let (askedAt, start) = (world.simulator.now(), ContinuousClock.now)
        let answer: Read.Answer
        do {
            let (login, alias) = (tenant.login, tenant.part.alias)
            let reply =
                bySession
                ? try await world.daemon.token(
                    ofSession: login, project: alias, minValid: minValid, maxWait: maxWait)
                : try await world.daemon.token(of: login, project: alias, minValid: minValid, maxWait: maxWait)
            answer = reply["access_token"].map(Read.Answer.token) ?? .refused(reply.status)
        } catch {
            answer = .silence
        }
        let took = start.duration(to: .now)
        guard !Task.isCancelled else { return nil }
        return Read(
            session: tenant.id, isBySession: bySession, maxWait: .seconds(maxWait), askedAt: askedAt,
            answeredAt: world.simulator.now(), took: took, answer: answer)
    }
}

/// A short sleep and a write to disk, over and over. What comes late here comes late for the daemon too, and that is
/// not its fault.
struct Pulse: Sendable {
    let world: World
    let records: Records

    private static let beat: Duration = .milliseconds(30)
    /// Less excuses nothing.
    private static let worthNoting: Duration = .milliseconds(150)

    func run() async {
        while !Task.isCancelled {
            let (from, start) = (world.simulator.now(), ContinuousClock.now)
            // Ends early when the task is cancelled, which the loop sees.
            try? await Task.sleep(for: Self.beat)
            await writeToDisk()
            if start.duration(to: .now) - Self.beat > Self.worthNoting {
                let to = world.simulator.now()
                records.change { $0.stalls.append(Stall(from: from, to: to)) }
            }
        }
    }

    /// On a thread of its own: a disk may take its time.
    private func writeToDisk() async {
        let file = world.daemon.folder + "/pulse"
        await withCheckedContinuation { written in
            DispatchQueue.global().async {
                let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
                if descriptor >= 0 {
                    _ = write(descriptor, "beat", 4)
                    fsync(descriptor)
                    close(descriptor)
                }
                written.resume()
            }
        }
    }
}
