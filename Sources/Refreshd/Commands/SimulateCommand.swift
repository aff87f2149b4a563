// `refreshd simulate`: settings tried out before they are used, by the daemon's own scheduler on virtual time.

import ArgumentParser
import RefreshPolicy
import RefreshSimulation
import TokenAPI
import Vocabulary

struct SimulateCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Try settings out on make-believe sessions: who is fresh, who goes without.",
        discussion: """
            The scheduler that the daemon runs is run by the budget, the keep rules and the margins of the settings, over \
            so many sessions that apps read by a pattern, against a simulated Appwrite that allows ten refreshes a window \
            unless there is a dev key that is not over, and where nothing fails. Half of the readers wait 30 s for a \
            refresh. The users' ids are u0, u1 and so on: keep rules for other ids fit none of them. It needs no daemon, \
            no key and no network. The same arguments give the same answer.
            """)

    enum Reads: String, CaseIterable, ExpressibleByArgument {
        case zipf
        case uniform
        case night
        case hours

        var pattern: Workload.Pattern {
            switch self {
            case .zipf: .zipf
            case .uniform: .uniform
            case .night: .nightly
            case .hours: .hours
            }
        }
    }

    @OptionGroup var settings: SettingsOption

    @Option(help: "The settings' name of the project; not needed where there is one.", transform: Argument.identifier)
    var project: ProjectAlias?

    @Option(help: ArgumentHelp("How many sessions, up to 10000.", valueName: "number"))
    var sessions = 20

    @Option(help: "How long a token lives. (default: 1h)", transform: DurationArgument.init(parsing:))
    var lifetime = DurationArgument(.seconds(3600))

    @Option(help: "The provider, for keep rules that name one.", transform: Argument.identifier)
    var provider = ProviderName("google")

    @Option(
        help: """
            Who reads: zipf, some far more than others, 280 reads an hour in all; uniform, all alike; night, all within \
            ten minutes from 03:00; hours, all from 09:00 to 17:00, UTC.
            """)
    var reads = Reads.zipf

    @Option(help: ArgumentHelp("How many hours, up to a week, from a midnight on.", valueName: "number"))
    var hours = 24

    @OptionGroup var output: JSONFlag

    func validate() throws {
        guard (1...168).contains(hours) else { throw ValidationError("--hours takes 1 to 168.") }
        guard (1...10_000).contains(sessions) else { throw ValidationError("--sessions takes 1 to 10000.") }
        guard lifetime.duration >= .seconds(60), lifetime.duration <= .days(365) else {
            throw ValidationError("--lifetime takes 60s to 365d.")
        }
    }

    func act(on console: Console) async throws(CommandFailure) {
        let settings = try settings.load().settings
        let plan = Rehearsal.Plan(
            project: try chosen(of: settings), waits: settings.waits, sessions: sessions, lifetime: lifetime.duration,
            provider: provider?.rawValue ?? "google", pattern: reads.pattern, hours: hours)
        let rehearsal = Rehearsal(plan)
        try console.write(
            output.json
                ? try SocketClient.json(RehearsalBody(rehearsal)) + "\n"
                : RehearsalText(rehearsal: rehearsal, screen: console.screen()).text)
    }

    private func chosen(of settings: Settings) throws(CommandFailure) -> ProjectRules {
        let now = MachineClock().now()
        let names = settings.projects.map(\.alias.rawValue).joined(separator: ", ")
        guard let project else {
            guard settings.projects.count == 1, let only = settings.projects.first else {
                throw CommandFailure(.usage, "say which project to try, by --project: \(names)")
            }
            return only.rules(at: now)
        }
        guard let found = settings.projects.first(where: { $0.alias == project }) else {
            throw CommandFailure(.noInput, "the settings have no project \(project); they have \(names)")
        }
        return found.rules(at: now)
    }
}
