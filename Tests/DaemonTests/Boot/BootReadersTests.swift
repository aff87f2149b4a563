// Readers across a restart: systemd holds the sockets, so that nobody who asks is ever refused.

import AppwriteSimulator
import Foundation
import Harness
import Testing

extension BootTests {
    @Test("200 readers, each request on a connection of its own, see no failed read while refreshd is started anew")
    func restartUnderReaders() async throws {
        try await Station.with { station in
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            let readers = try await Readers(200, station)
            try await readers.untilAllRead()
            for _ in 0..<3 {
                try await station.machine.succeed("systemctl", "restart", "refreshd")
                try await readers.untilAllRead()
            }
            let complaints = try await readers.finish()
            #expect(complaints == "")
        }
    }

    @Test("a reader that asks while refreshd is down starts it, waits and is answered")
    func startOnDemand() async throws {
        try await Station.with { station in
            let login = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            try await station.machine.succeed("systemctl", "stop", "refreshd")
            #expect(try await station.token(of: "anna").output == login.accessToken + "\n")
            #expect(try await station.show("ActiveState") == "active")
        }
    }

    @Test("an upgrade of the package fails no reader")
    func upgradeUnderReaders() async throws {
        try await Station.with { station in
            _ = try await station.simulator.logIn("anna")
            try await station.machine.succeed("systemctl", "start", "refreshd")
            try await station.untilServed("anna")
            let before = try await station.show("MainPID")
            let readers = try await Readers(20, station)
            try await readers.untilAllRead()
            try await station.install()
            try await readers.untilAllRead()
            #expect(try await station.show("MainPID") != before)
            let complaints = try await readers.finish()
            #expect(complaints == "")
        }
    }
}

/// Readers in a machine that ask for anna's token, one time after the other, until they are told that it is enough.
private struct Readers {
    private let station: Station
    private let count: Int
    private let process: ChildProcess

    private static let folder = "/run/readers"
    private static let script = """
        for reader in $(seq "$1"); do
            while [ ! -e enough ]; do
                if curl --silent --show-error --fail --output /dev/null --unix-socket /run/refreshd/token.sock \\
                    'http://localhost/v1/tokens?user=anna&provider=google' 2>> failures
                then echo >> "reads.$reader"
                fi
            done &
        done
        wait
        """

    init(_ count: Int, _ station: Station) async throws {
        self.station = station
        self.count = count
        try await station.machine.succeed("install", "-d", "-o", Station.reader, Self.folder)
        process = try station.machine.start(
            ["sh", "-c", "cd \(Self.folder) && " + Self.script, "sh", "\(count)"], as: Station.reader,
            output: "/dev/null", errors: "/dev/null")
    }

    /// Waits until each has asked, and was answered, after this was called: twice, as the first may have asked before.
    func untilAllRead() async throws {
        try await station.machine.succeed("find", Self.folder, "-name", "reads.*", "-delete")
        try await eventually("\(count) readers to read") {
            let twice = ["find", Self.folder, "-name", "reads.*", "-size", "+1c"]
            return try await station.machine.succeed(twice).split(separator: "\n").count == count
        }
    }

    /// Lets them come to an end, and gives what they had to complain of.
    func finish() async throws -> String {
        try station.machine.write("", to: Self.folder + "/enough")
        _ = try await process.untilEnd()
        return try await station.machine.run("cat", Self.folder + "/failures").output
    }
}
