// What goes wrong for a while, and how it is set right.

import AppwriteModel
import RefreshPolicy

enum Trouble: Sendable, CaseIterable {
    case providerRefuses
    case providerFails
    case providerThrottles
    case providerRefusesClient
    case providerEmpty
    case providerHangs
    case providerSlow
    case answersLost
    case wave
    case networkCut
    case serviceOff
    case keyGone
    case adapterMissing
}

extension Trial {
    mutating func begin(_ trouble: Trouble) {
        note("trouble: \(trouble)")
        let name = world.providers.randomElement(using: &dice) ?? "google"
        let session = known.randomElement(using: &dice)
        let isOfSession = chance(40, &dice)
        func fault(_ fault: Fault, forAll: Bool = false) {
            for site in stage.wire.sites {
                if isOfSession, !forAll, let session {
                    stage.wire.server.setFaults([fault], at: .session(session.session.rawValue), of: site.project)
                } else {
                    stage.wire.server.setFaults([fault], at: .provider(name), of: site.project)
                }
            }
        }
        switch trouble {
        case .providerRefuses:
            let echo = Bool.random(using: &dice) ? "{refresh_token}" : "invalid_grant"
            fault(Fault(.refuses(status: 400, error: echo, description: "gone: {refresh_token}"), times: 1))
        case .providerFails:
            let status = [500, 503, 403, 404, 400].randomElement(using: &dice) ?? 500
            fault(Fault(.refuses(status: status, error: "server_error", description: nil)))
        case .providerThrottles: fault(Fault(.refuses(status: 429, error: "slow_down", description: nil)))
        case .providerRefusesClient:
            let status = Bool.random(using: &dice) ? 401 : 400
            fault(Fault(.refuses(status: status, error: "invalid_client", description: nil)), forAll: true)
        case .providerEmpty: fault(Fault(.emptySuccess, times: Int.random(in: 1...4, using: &dice)))
        case .providerHangs: fault(Fault(ending: .hangs, times: Int.random(in: 1...3, using: &dice)))
        case .providerSlow: fault(Fault(delay: Int64.random(in: 1000...580_000, using: &dice)))
        case .answersLost:
            let ending: PatchEnding = Bool.random(using: &dice) ? .droppedAfterCommit : .droppedBeforeCommit
            fault(Fault(ending: ending, times: Int.random(in: 1...5, using: &dice)))
        case .wave:
            fault(Fault(.refuses(status: 400, error: "invalid_grant", description: nil)), forAll: true)
        case .networkCut: stage.weather.isCut = true
        case .serviceOff: setService(Bool.random(using: &dice) ? .serviceDisabled : .apiDisabled)
        case .keyGone:
            for site in stage.wire.sites { stage.wire.server.removeKey("key-\(site.project)", of: site.project) }
        case .adapterMissing: fault(Fault(.noAdapter))
        }
        plan(.heal(trouble), in: 10_000...10_800_000)
    }

    mutating func heal(_ trouble: Trouble) {
        note("healed: \(trouble)")
        switch trouble {
        case .providerRefuses, .providerFails, .providerThrottles, .providerRefusesClient, .providerEmpty,
            .providerHangs, .providerSlow, .answersLost, .wave, .adapterMissing:
            for site in stage.wire.sites {
                for name in world.providers { stage.wire.server.setFaults([], at: .provider(name), of: site.project) }
                for key in known where key.project == site.alias {
                    stage.wire.server.setFaults([], at: .session(key.session.rawValue), of: site.project)
                }
            }
        case .networkCut: stage.weather.isCut = false
        case .serviceOff: setService(.on)
        case .keyGone:
            for site in stage.wire.sites { setUp(site) { _ in } }
        }
    }

    private mutating func setService(_ service: AccountService) {
        for site in stage.wire.sites { setUp(site) { $0.accountService = service } }
    }

    private mutating func setUp(_ site: Site, _ change: (inout ProjectSetup) -> Void) {
        var setup = ProjectSetup(
            id: site.project,
            sessionLength: stage.wire.server.project(site.project)?.sessionLength ?? ProjectSetup.year,
            apiKeys: [APIKey(key: "key-\(site.project)", scopes: ["users.read", "users.write"])])
        setup.accountService = stage.wire.server.project(site.project)?.accountService ?? .on
        change(&setup)
        stage.wire.server.setUp(setup)
    }

    /// Nothing goes wrong any more.
    mutating func quieten() {
        note("quiet")
        isQuiet = true
        for trouble in Trouble.allCases { heal(trouble) }
        stage.weather.lostLooks = 0
        stage.weather.lostAnswers = 0
        stage.light(fuse: nil)
        stage.start()
        for project in world.rules.projects where project.metering == .unmetered {
            stage.book.takenAtItsWord(project.alias)
        }
        stage.take(.reloaded(world.rules))
    }
}
