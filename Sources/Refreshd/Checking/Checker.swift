// The whole check, in the order in which things build on each other. Nothing is written, made, locked or spent.

import Appwrite
import Glibc
import RefreshEngine
import RefreshPolicy
import Systemd
import Vocabulary

struct Checker {
    let file: String
    let folders: ServiceFolders
    let clock: any WallClock

    func run() async -> CheckReport {
        let (settings, found) = SettingsCheck(file: file, folders: folders).run()
        // Appwrite's is told with its endpoint.
        let findings = [.fine(.version, "refreshd \(Version.text)")] + found
        guard let settings else { return CheckReport(findings: findings) }
        return CheckReport(findings: findings + (await check(settings)))
    }

    private func check(_ settings: Settings) async -> [Finding] {
        let onlooker = Onlooker(stateFolder: settings.state.directory)
        let (sockets, status) = await SocketCheck(settings: settings, onlooker: onlooker).run()
        let (store, conditions) = StoreCheck(settings: settings, folders: folders, onlooker: onlooker).run()
        let noted = status.map { $0.conditions.compactMap(NotedCondition.init) } ?? conditions.map(NotedCondition.init)
        var findings = sockets + store
        findings += ConditionCheck(noted: noted, projects: settings.projects.map(\.alias)).run()
        var rows: [SessionRow] = []
        for project in settings.projects {
            let (found, kept) = await check(project, settings, onlooker)
            let metering = MeteringCheck(
                project: project, noted: noted, status: status, waits: settings.waits, now: clock.now()
            ).run()
            findings += (found + [metering]).map { $0.of(project.alias) }
            rows += kept
        }
        let now = clock.now()
        return findings
            + ForecastCheck(rules: settings.rules(at: now), rows: rows, status: status, now: now).run()
    }

    private func check(
        _ project: ProjectSettings, _ settings: Settings, _ onlooker: Onlooker
    ) async -> ([Finding], [SessionRow]) {
        var (callable, findings) = keys(of: project, settings.calls, onlooker)
        guard let callable else { return (findings, []) }
        let probe = Probe(of: callable, clock: clock)
        let client = AppwriteClient(projects: [callable], clock: clock)
        let (server, hostClock) = await ServerCheck(
            project: callable, proxy: project.route.proxy, probe: probe, now: clock.now()
        ).run()
        findings += server
        var rows: [SessionRow] = []
        if let hostClock {
            let (access, readsUsers) = await AccessCheck(
                project: callable, proxy: project.route.proxy, probe: probe, namesKey: project.apiKey != nil
            ).run()
            findings += access
            if readsUsers {
                let now = clock.now()
                let sessions = SessionCheck(
                    client: client, rules: project.rules(at: now), waits: settings.waits, clock: hostClock, now: now)
                let (found, kept) = await sessions.run()
                findings += found
                rows = kept
            }
        }
        await probe.close()
        await client.close()
        return (findings, rows)
    }

    /// The project as calls are made to it, with the keys that were seen; nil where its authorities or its login at the
    /// proxy, without which no call can be judged, cannot be read.
    private func keys(
        of project: ProjectSettings, _ limits: CallLimits, _ onlooker: Onlooker
    ) -> (AppwriteProject?, [Finding]) {
        var findings: [Finding] = []
        func secret(_ subject: Finding.Subject, _ source: SecretSource?) -> Secret? {
            guard let source else { return nil }
            let (secret, finding) = SecretCheck(subject: subject, source: source, onlooker: onlooker).run()
            findings.append(finding)
            return secret
        }
        var (apiKey, devKey) = (secret(.apiKey, project.apiKey), secret(.devKey, project.devKey))
        var proxyLogin = secret(.proxyLogin, project.route.proxyLogin)
        // Twice: what the first time finds wrong is left out, so that the rest is checked all the same.
        for _ in 1...2 {
            do throws(ProjectMistakes) {
                let callable = try project.appwriteProject(
                    limits, apiKey: apiKey, devKey: devKey, proxyLogin: proxyLogin)
                guard project.route.proxyLogin == nil || proxyLogin != nil else {
                    return (nil, findings + [.unseen(.endpoint, "the login at the proxy was not seen", nil)])
                }
                return (callable, findings)
            } catch {
                for mistake in error.mistakes {
                    switch mistake.field {
                    case .apiKey:
                        apiKey = nil
                        findings.append(.error(.apiKey, .settings, mistake.text, "put the key alone into its place"))
                    case .devKey:
                        devKey = nil
                        findings.append(.error(.devKey, .settings, mistake.text, "put the key alone into its place"))
                    case .proxyLogin:
                        proxyLogin = nil
                        findings.append(
                            .error(.proxyLogin, .settings, mistake.text, "put USER:PASSWORD alone into its place"))
                    case .caFile:
                        let path = project.caFile?.shown() ?? ""
                        findings.append(.error(.caFile, .settings, "\(path): \(mistake.text)", "correct caFile"))
                        return (nil, findings)
                    }
                }
            }
        }
        return (nil, findings)
    }
}
