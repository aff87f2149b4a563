// A start that cannot be: each cause has its own words and exit status, and nothing that is there is overwritten.

import AppwriteSimulator
import Foundation
import GRDB
import Harness
import Testing

@Suite("A start that is refused")
struct RefusedStartTests {
    @Test("a second daemon on the same store ends with 69, names the first one's process and leaves it be")
    func secondDaemon() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            let settings = try world.daemon.text(of: "settings.yaml")
            try world.daemon.write(settings.replacing(".sock", with: "2.sock"), to: "second.yaml")

            let second = try await world.daemon.serve(by: "second.yaml")
            #expect(second.ending == .exited(69))
            #expect(second.errors.contains("in use by process \(try world.daemon.child.pid)"))
            #expect(try await world.daemon.token(of: anna).status == 200)
        }
    }

    @Test("a socket where a daemon answers is not taken from it: 69")
    func socketTaken() async throws {
        try await withWorld { world in
            let anna = try world.logIn()
            try await world.daemon.start()
            try await world.untilServed(anna)
            try FileManager.default.createDirectory(
                atPath: world.daemon.folder + "/other", withIntermediateDirectories: false)
            let settings = try world.daemon.text(of: "settings.yaml")
            try world.daemon.write(settings.replacing("/state }", with: "/other }"), to: "second.yaml")

            let second = try await world.daemon.serve(by: "second.yaml")
            #expect(second.ending == .exited(69))
            #expect(second.errors.contains("another program listens there"))
            #expect(try await world.daemon.token(of: anna).status == 200)
        }
    }

    @Test("a key's credential that the settings name and no unit loads is told by its name, 78; no key is made instead")
    func keyCredential() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            try await daemon.start()
            #expect(try await daemon.stop() == .exited(0))
            for file in ["sessions.db", "sealing-key"] {
                try FileManager.default.removeItem(atPath: daemon.folder + "/state/" + file)
            }
            let settings = try daemon.text(of: "settings.yaml")
            let named = settings.replacing("/state }", with: "/state, keyCredential: vault-key }")
            #expect(named != settings)
            try daemon.write(named, to: "named.yaml")

            let second = try await daemon.serve(by: "named.yaml")
            #expect(second.ending == .exited(78))
            #expect(second.errors.contains("LoadCredential=vault-key:"), "said: \(second.errors)")
            #expect(!FileManager.default.fileExists(atPath: daemon.folder + "/state/sealing-key"))
        }
    }

    /// What may be wrong with the store or its key.
    enum Flaw: CaseIterable, Sendable {
        case wrongKey
        case keyMissing
        case keyExposed
        case laterVersion
        case foreignFile
        case foreignDatabase

        var words: String {
            switch self {
            case .wrongKey: "was sealed with another key"
            case .keyMissing: "No new key is made"
            case .keyExposed: "can be read by others"
            case .laterVersion: "was written by a later refreshd"
            case .foreignFile, .foreignDatabase: "is not a store of refreshd"
            }
        }
    }

    @Test(
        "a store that cannot be opened is told with its remedy: 78; no byte of it is changed", arguments: Flaw.allCases)
    func store(_ flaw: Flaw) async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            try await daemon.start()
            #expect(try await daemon.stop() == .exited(0))
            try await inflict(flaw, on: daemon)
            // The lock's file names whoever tried last, and SQLite's index of its log is not kept.
            let volatile = ["sessions.db.lock", "sessions.db-shm"]
            let before = try daemon.stateFiles().filter { !volatile.contains($0.key) }

            let second = try await daemon.serve(by: "settings.yaml")
            #expect(second.ending == .exited(78))
            #expect(second.errors.contains(flaw.words), "said: \(second.errors)")
            let after = try daemon.stateFiles()
            for (name, bytes) in before { #expect(after[name] == bytes, "\(name) was changed") }
            #expect(try !accepts(daemon.tokenSocket))
        }
    }

    private func inflict(_ flaw: Flaw, on daemon: Daemon) async throws {
        let key = daemon.folder + "/state/sealing-key"
        switch flaw {
        case .wrongKey:
            let other = Data((0..<32).map { UInt8($0) }).base64EncodedString()
            try daemon.write(other, to: "state/sealing-key")
        case .keyMissing:
            try FileManager.default.removeItem(atPath: key)
        case .keyExposed:
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        case .laterVersion:
            let database = try DatabaseQueue(path: daemon.store)
            try await database.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999 from the future')")
            }
            try database.close()
        case .foreignFile:
            try daemon.write(String(repeating: "a letter to grandmother\n", count: 500), to: "state/sessions.db")
        case .foreignDatabase:
            try FileManager.default.removeItem(atPath: daemon.store)
            let database = try DatabaseQueue(path: daemon.store)
            try await database.write { try $0.execute(sql: "CREATE TABLE recipe (name TEXT)") }
            try database.close()
        }
    }

    @Test("settings with mistakes: 78, each mistake with its file, line and key, and nothing is made")
    func settings() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            let mistaken = """
                projects:
                  main:
                    endpoint: https://cloud.example/v1
                    project: demo
                    apiKey: standard_in_the_wrong_place
                wait: { doubtFor: 10m }
                calls: { readTimeout: 10 }
                state: { directory: \(daemon.folder)/state }
                """
            try daemon.write(mistaken, to: "mistaken.yaml")
            let start = try await daemon.serve(by: "mistaken.yaml")
            #expect(start.ending == .exited(78))
            let place = "\(daemon.folder)/mistaken.yaml"
            for words in ["\(place):5:5: projects.main.apiKey", "\(place):6:1: wait: unknown key", "\(place):7:"] {
                #expect(start.errors.contains(words), "\(words) in \(start.errors)")
            }
            #expect(!start.errors.contains("standard_in_the_wrong_place"))
            #expect(try daemon.stateFiles().isEmpty)
        }
    }

    @Test("no settings file: 66")
    func settingsMissing() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            let start = try await daemon.serve(by: "nowhere.yaml")
            #expect(start.ending == .exited(66))
            #expect(start.errors.contains("\(daemon.folder)/nowhere.yaml does not exist"))
        }
    }

    @Test("a key file that is not there: 78, with its path")
    func keyFileMissing() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            try FileManager.default.removeItem(atPath: daemon.folder + "/main-api-key")
            let start = try await daemon.serve(by: "settings.yaml")
            #expect(start.ending == .exited(78))
            #expect(start.errors.contains("\(daemon.folder)/main-api-key"))
            #expect(try daemon.stateFiles().isEmpty)
        }
    }

    @Test("a state folder that is not there: 69, with its path")
    func folderMissing() async throws {
        try await withDaemon(DaemonSettings(), port: 9) { daemon in
            try FileManager.default.removeItem(atPath: daemon.folder + "/state")
            let start = try await daemon.serve(by: "settings.yaml")
            #expect(start.ending == .exited(69))
            #expect(start.errors.contains("The folder \(daemon.folder)/state does not exist"))
        }
    }
}

extension Daemon {
    /// Another process that is to serve by that file, until it ends.
    fileprivate func serve(by file: String) async throws -> CommandResult {
        try await command(["serve", "--config", "\(folder)/\(file)"])
    }
}
