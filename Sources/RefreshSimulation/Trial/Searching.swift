// The search for sessions, as the engine does it: a poll for new logins and a slow walk; and the noting of reads.

import AppwriteModel
import RefreshPolicy

extension Trial {
    mutating func list(_ name: String, in project: ProjectAlias) {
        guard stage.isRunning, let user = UserID(name) else { return }
        if stage.weather.isCut { return plan(.listing(project, name), in: 60_000...60_000) }
        switch stage.wire.list(user, in: project, now: stage.serverNow) {
        case .success(let facts): listed(project, user, facts)
        case .failure(.refused(.userUnknown)): listed(project, user, nil)
        case .failure: plan(.listing(project, name), in: 60_000...60_000)
        }
    }

    private mutating func listed(_ project: ProjectAlias, _ user: UserID, _ facts: [SessionFacts]?) {
        for shown in facts ?? [] { removed.remove(SessionKey(project: project, session: shown.session)) }
        stage.take(.listed(project, user, facts, stage.headersNow()))
    }

    /// New logins come as listings of their own; here only whether the project answers.
    mutating func poll(_ project: ProjectAlias) {
        guard stage.isRunning, let site = stage.wire.site(project) else { return }
        guard !stage.weather.isCut else { return stage.take(.searched(project, .silent(.unreachable(.refused)))) }
        do throws(AppwriteModel.Refusal) {
            _ = try stage.wire.server.identities([], by: site.caller(isKey: true), now: stage.serverNow)
            stage.take(.heard(project, stage.headersNow()))
            stage.take(.searched(project, nil))
        } catch {
            stage.take(.searched(project, .refused(error.refusal(asked: .listIdentities))))
        }
    }

    mutating func walk(_ project: ProjectAlias) {
        guard let site = stage.wire.site(project) else { return }
        for user in stage.wire.server.project(site.project)?.userIDs ?? [] {
            plan(.listing(project, user), in: 0...30_000)
        }
        for key in known where key.project == project {
            guard let row = stage.machine.memory.row(key) else { continue }
            if stage.wire.server.project(site.project)?.user(row.user.rawValue) == nil {
                plan(.listing(project, row.user.rawValue), in: 0...30_000)
            }
        }
    }

    /// What readers left behind is written now and then, and a sign of life.
    mutating func flush() {
        guard stage.isRunning else { return }
        let reads = reads.sorted {
            ($0.key.project, $0.key.user, $0.key.provider) < ($1.key.project, $1.key.user, $1.key.provider)
        }
        for (grant, times) in reads {
            stage.take(.noted(.read(grant, times: times, at: stage.wall)))
        }
        self.reads = [:]
        stage.take(.noted(.seen(stage.wall)))
    }
}
