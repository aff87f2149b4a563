// `refreshd serve`: the daemon itself, in the foreground, as systemd runs it.

import ArgumentParser
import Logging
import RefreshPolicy
import Systemd
import TokenAPI
import UnixSignals
import Vocabulary

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon.",
        discussion: """
            Runs in the foreground until SIGTERM or SIGINT. Under systemd it tells when it is ready and writes to the \
            journal; on a terminal it writes lines to standard error, elsewhere JSON, an object a line (log.format in the \
            settings). At SIGHUP it reads its settings anew.

            Sockets that systemd passes are served by their names (FileDescriptorName=): control, token, and token-NAME \
            for further token sockets. Those of the settings are made where none of their kind is passed.
            """)

    @OptionGroup var settings: SettingsOption

    func run() async throws {
        EventLoops.limit()
        // What is wrong with the settings must be told as well, in the usual form.
        var log = LogSettings()
        do {
            try await serve(&log)
        } catch let failure as CommandFailure {
            tellManager(failure)
            tell(failure, to: Log(log))
            throw ExitCode(failure.status.rawValue)
        }
    }

    private func serve(_ logSettings: inout LogSettings) async throws {
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
        logSettings = settings.log
        do {
            let log = Log(settings.log)
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

    private func tell(_ failure: CommandFailure, to log: Log) {
        let event: DaemonEvent = failure.status == .software ? .defect : .startFailed
        var telling = Telling(.daemon(event), "refreshd ends: \(failure.message)")
        telling.add(.exitStatus, failure.status.rawValue)
        if event == .startFailed { telling.add(.settingsFile, settings.config.shown(limit: 4096)) }
        log.tell(telling)
        log.flush()
    }

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
