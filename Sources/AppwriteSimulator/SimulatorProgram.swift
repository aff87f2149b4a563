// What the executable does with its options: read the scenario, listen, say where, and run until a signal.
package import AppwriteModel
import Foundation
import Logging
import ServiceLifecycle

package struct SimulatorOptions: Sendable {
    package var host: String
    package var port: Int
    /// Seconds.
    package var window: Double
    package var version: String
    package var seed: UInt64
    package var scenario: String?
    package var metering: Metering

    package init(
        host: String, port: Int, window: Double, version: String, seed: UInt64, scenario: String?, metering: Metering
    ) {
        self.host = host
        self.port = port
        self.window = window
        self.version = version
        self.seed = seed
        self.scenario = scenario
        self.metering = metering
    }
}

package struct SimulatorMistake: Error, CustomStringConvertible {
    package let description: String
}

package func runSimulator(_ options: SimulatorOptions) async throws {
    guard let version = AppwriteVersion(rawValue: options.version) else {
        let known = AppwriteVersion.allCases.map(\.rawValue).joined(separator: " and ")
        throw SimulatorMistake(description: "version \(options.version) was never measured; known are \(known)")
    }
    guard options.window >= 1 else {
        throw SimulatorMistake(description: "a window is at least one second long, since its end is told in seconds")
    }
    let simulator = Simulator(
        SimulatorSettings(
            server: ServerSettings(
                version: version, windowLength: Milliseconds(seconds: options.window), metering: options.metering),
            seed: options.seed, listen: ListenAddress(host: options.host, port: options.port)))
    if let path = options.scenario {
        try play(fileAt: path, on: simulator)
    }
    let listener = SimulatorListener(simulator) { url in
        FileHandle.standardOutput.write(Data("listening on \(url)\n".utf8))
    }
    let services = ServiceGroup(
        services: [listener], gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "appwrite-simulator") { _ in SwiftLogNoOpLogHandler() })
    try await services.run()
}

private func play(fileAt path: String, on simulator: Simulator) throws {
    do {
        let scenario = try JSONCoding.decode(ScenarioForm.self, from: Data(contentsOf: URL(filePath: path)))
        _ = try ControlRoutes(simulator: simulator).play(scenario)
    } catch let mistake as ControlMistake {
        throw SimulatorMistake(description: "\(path): \(mistake.text)")
    } catch {
        throw SimulatorMistake(description: "\(path): \(error)")
    }
}
