// `refreshd check`: everything that a running refreshd rests on, looked at once, with what to do about each thing.

import ArgumentParser
import Foundation
import RefreshEngine
import Vocabulary

struct CheckCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the settings, keys, store and sockets, and each project's Appwrite.",
        discussion: """
            The first line says the most important thing. A check changes nothing, makes no refresh and does not disturb \
            a running refreshd. What this user may not see is told as not checked: run it as root for all.

            With --as it tells instead what a user of this machine may read, register and control, and why: by the modes \
            of the sockets, and by the rules of access in the settings as they are. A running refreshd goes by those \
            that it read last, at its start or a reload.

            The exit status is that of the first error: 66 no settings; 69 a server, store or socket does not work; 77 \
            Appwrite refuses the API key, or the settings may not be read; 78 wrong settings or keys. Hints and warnings \
            end with 0.
            """)

    @OptionGroup var settings: SettingsOption

    @Option(
        help: ArgumentHelp(
            "The folder of the credentials' files, by their names; as root, those of the running unit are found.",
            valueName: "folder"), completion: .directory)
    var credentials: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Tell what this user of the machine may do: a name or a number.", valueName: "user"))
    var account: String?

    @Flag(help: "Write JSON for programs: one object.")
    var json = false

    /// Where systemd keeps the credentials of the unit while it runs.
    private static let unitCredentials = "/run/credentials/refreshd.service"

    func act(on console: Console) async throws(CommandFailure) {
        if let account { return try tellRights(of: account, on: console) }
        var folders = ServiceFolders(environment: ProcessInfo.processInfo.environment)
        if let credentials { folders.credentials = credentials }
        if folders.credentials == nil && access(Self.unitCredentials, R_OK | X_OK) == 0 {
            folders.credentials = Self.unitCredentials
        }
        let report = await Checker(
            file: settings.config, folders: folders, clock: SteadyWallClock(MachineClock())
        ).run()
        try console.write(json ? try SocketClient.json(CheckBody(report)) + "\n" : CheckText(report: report).text)
        if let status = report.status { throw CommandFailure(status, report.counts) }
    }

    private func tellRights(of account: String, on console: Console) throws(CommandFailure) {
        let (rules, _) = try settings.load()
        guard let member = LocalAccounts.member(account) else {
            throw CommandFailure(
                .noInput, "this machine has no user \(account.shown(limit: 60)). See: getent passwd. Or give a number")
        }
        let daemon = Onlooker(stateFolder: rules.state.directory).daemonUser
        let report = RightsReport(of: member, by: rules, file: settings.config, daemon: daemon)
        try console.write(
            json ? try SocketClient.json(RightsBody(report)) + "\n" : RightsText(report: report).text)
    }
}
