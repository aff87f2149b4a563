// Warns before a dev key ends, and when it has: Appwrite ignores it from then on and says nothing of it.

import RefreshEngine
import RefreshPolicy
import ServiceLifecycle
import Vocabulary

/// Runs until graceful shutdown.
struct DevKeyWatch: Service {
    let settings: InForce<Settings>
    let clock: any WallClock
    let log: Log

    /// As long as the loop's: a clock that is stepped, or a machine that slept, is noticed so soon (law 9).
    private static let nap: Duration = .seconds(30)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var stages: [DevKeyTerm: DevKeyTerm.Stage] = [:]
            while !Task.isCancelled {
                let now = clock.now()
                let terms = settings.now.projects.compactMap(DevKeyTerm.init)
                for term in terms where term.stage(at: now) != stages[term] ?? .valid {
                    if let telling = term.telling(at: now) { log.tell(telling) }
                }
                stages = Dictionary(terms.map { ($0, $0.stage(at: now)) }, uniquingKeysWith: { first, _ in first })
                do { try await clock.sleep(for: Self.nap) } catch { return }
            }
        }
    }
}

/// Until when a project has a dev key, by the settings.
struct DevKeyTerm: Hashable, Sendable {
    let project: ProjectAlias
    let expires: WallTime

    /// Time to make another in the console, and for whoever does that to be on holiday first.
    static let warnedBefore: Duration = .days(14)

    enum Stage: Hashable, Sendable {
        case valid
        case ending
        case over
    }

    /// Nil for a project whose dev key has no end that is known, and for one on a server that limits no calls anyway.
    init?(_ settings: ProjectSettings) {
        guard let expires = settings.devKeyExpires, !settings.isUnlimited else { return nil }
        self.init(project: settings.alias, expires: expires)
    }

    init(project: ProjectAlias, expires: WallTime) {
        self.project = project
        self.expires = expires
    }

    func stage(at now: WallTime) -> Stage {
        if expires <= now { return .over }
        return expires - now <= Self.warnedBefore ? .ending : .valid
    }

    static let remedy = """
        make another in the Appwrite console (Overview, Integrations, Dev keys), put it in its place, set \
        devKeyExpires to its end and restart refreshd
        """

    /// What is to be said, in half a sentence; nil while the key is valid for long.
    func words(at now: WallTime) -> String? {
        let end = Telling.words(for: expires)
        switch stage(at: now) {
        case .valid: return nil
        case .ending:
            return "the dev key ends at \(end); Appwrite counts the calls from then on and says nothing of it"
        case .over: return "the dev key ended at \(end): Appwrite counts the calls as without one"
        }
    }

    /// The same for the log.
    func telling(at now: WallTime) -> Telling? {
        guard let words = words(at: now) else { return nil }
        let kind = EventKind.calls(stage(at: now) == .over ? .devKeyOver : .devKeyEnding)
        var telling = Telling(kind, "\(project): \(words). \(Self.remedy.sentence.dropLast())").about(project)
        telling.add(.devKeyExpiresAt, expires)
        return telling
    }
}
