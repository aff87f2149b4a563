// `refreshd serve`: the daemon itself, in the foreground, as systemd runs it.

import ArgumentParser
import Logging
import RefreshPolicy
import Systemd
import TokenAPI
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon.",
        discussion: """
            Runs in the foreground until SIGTERM or SIGINT. Under systemd it tells when it is ready and writes to the \
            journal; elsewhere it writes lines to standard error. At SIGHUP it reads its settings anew.

            Sockets that systemd passes are served by their names (FileDescriptorName=): control, token, and token-NAME \
            for further token sockets. Those of the settings are made where none of their kind is passed.
            """)

    @OptionGroup var settings: SettingsOption

    func run() async throws {
        do {
            try await serve()
        } catch let failure as CommandFailure {
            tellManager(failure)
            throw failure
        }
    }

    private func serve() async throws {
        let files: Int
        do throws(SystemdError) {
            files = try raiseOpenFileLimit()
        } catch {
            throw CommandFailure(.software, error.description)
        }
        guard files >= Self.neededFiles else {
            throw CommandFailure(
                .settings,
                """
                no more than \(files) files may be open at once (ulimit -n), and refreshd needs \(Self.neededFiles) for \
                its connections. Raise the limit: LimitNOFILE=\(Self.neededFiles) under systemd.
                """)
        }
        // From here on SIGHUP, which would end the process, waits to be heard.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let file = self.settings.config
        let (settings, folders) = try self.settings.load()
        do {
            let log = Log(least: settings.log.priority)
            let daemon = try await Daemon(
                settings: settings, of: file, folders: folders, hangups: hangups, log: log)
            try await daemon.run()
        } catch let error as StartError {
            throw CommandFailure(ExitStatus(error), error.description)
        } catch let error as ListenerError {
            if case .notListening = error { throw CommandFailure(.settings, error.description) }
            throw CommandFailure(.unavailable, error.description)
        } catch {
            // Its words are not ours and may hold anything (law 7); its kind is enough to report the defect by.
            throw CommandFailure(.software, "the daemon stopped by an error that it does not know: \(type(of: error))")
        }
    }

    /// The connections of both sockets, those to Appwrite, the store and the log, with room to spare.
    private static let neededFiles = 1024

    /// Enough for the first mistakes of a settings file.
    private static let longestStatus = 500

    /// `systemctl status` then shows why it did not start.
    private func tellManager(_ failure: CommandFailure) {
        let line = failure.message.split(separator: "\n").joined(separator: " ").prefix(Self.longestStatus)
        do {
            try Supervisor.tell(.failed(exitStatus: failure.status.rawValue, status: String(line)))
        } catch {
            // The failure itself is on standard error; there is nobody else to tell.
        }
    }
}

extension LogSettings {
    var priority: Telling.Priority {
        switch level {
        case .trace, .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error, .critical: .error
        }
    }
}
