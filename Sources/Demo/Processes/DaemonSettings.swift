// The settings file that the demo writes for refreshd: two projects under two host names, every wait shortened.

struct DaemonSettings {
    let folder: RunFolder
    let simulator: Simulator

    func write() throws {
        for stage in Stage.allCases {
            let keys = simulator.keys(of: stage)
            try folder.write(keys.api + "\n", to: apiKeyFile(stage))
            if let dev = keys.dev { try folder.write(dev + "\n", to: devKeyFile(stage)) }
        }
        try folder.write(text, to: folder.settings)
    }

    private var text: String {
        """
        projects:
        \(Stage.allCases.map(project).joined(separator: "\n"))
        state:
          directory: "\(folder.state)"
        sockets:
          token: { path: "\(folder.tokenSocket)", mode: "0600" }
          control: { path: "\(folder.controlSocket)" }
        waits:
          doubtFor: \(words(Script.doubtFor))
          lookFor: \(words(Script.lookFor))
          recheckLogin: \(words(Script.recheckLogin))
          margin: \(words(Script.margin))
          firstRetry: \(words(Script.firstRetry))
        calls:
          refreshTimeout: \(words(Script.refreshTimeout))
          readTimeout: \(words(Script.readTimeout))
        log:
          level: debug

        """
    }

    private func project(_ stage: Stage) -> String {
        let devKey =
            switch stage {
            case .metered: "budget: { window: \(words(Script.window)) }"
            case .devKey: "devKeyFile: \"\(devKeyFile(stage))\""
            }
        return """
              \(stage.rawValue):
                endpoint: \(simulator.endpoint(of: stage))
                project: \(Simulator.project(stage))
                apiKeyFile: "\(apiKeyFile(stage))"
                \(devKey)
                discovery: { every: \(words(Script.search)), walkEvery: \(words(Script.walk)) }
            """
    }

    private func apiKeyFile(_ stage: Stage) -> String { "\(folder.keys)/\(stage.rawValue)-api" }
    private func devKeyFile(_ stage: Stage) -> String { "\(folder.keys)/\(stage.rawValue)-dev" }
    private func words(_ duration: Duration) -> String { "\(duration.milliseconds)ms" }
}
