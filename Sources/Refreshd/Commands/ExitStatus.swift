// How a command ends, for scripts: the numbers of sysexits.h, and what each means here.

import SessionStorage
import TokenAPI

/// 0 is success. A script that only wants a token needs to tell three apart: 75 comes right by itself, 67 needs the
/// user, and all others need somebody who reads the message.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case usage = 64
    case data = 65
    case noInput = 66
    case noUser = 67
    case unavailable = 69
    case software = 70
    case cannotWrite = 74
    case tryAgain = 75
    case noPermission = 77
    case settings = 78

    /// When a command ends so, for `--help` and the manual.
    package var meaning: String {
        switch self {
        case .usage: "the command line is wrong, or does not say which project or account"
        case .data: "the secret is no live session's, or its session holds nothing to keep fresh"
        case .noInput: "no such project, session, user, store or file"
        case .noUser: "the user must log in again"
        case .unavailable: "refreshd does not run here, its store is damaged, or Appwrite refused"
        case .software: "refreshd and this program do not understand each other: two versions, or a defect"
        case .cannotWrite: "the output cannot be written, or its file is there already"
        case .tryAgain: "not now; trying again later helps"
        case .noPermission: "this user may not use the socket, or may not read the file"
        case .settings: "the settings are wrong"
        }
    }

    /// All of them, for `--help`; the manual has them in a section of its own.
    package static var list: String {
        "Exit status, for scripts:\n  0  done\n"
            + allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }

    init(_ problem: Problem) {
        self =
            switch problem.kind {
            case .badParameter, .projectNeeded, .severalGrants: .usage
            case .bodyTooLarge, .secretRefused, .notRefreshable: .data
            case .unknownProject, .unknownSession, .unknownUser: .noInput
            case .needsLogin, .ended: .noUser
            case .keyNotChanged: .settings
            case .storeDamaged, .appwriteRefused: .unavailable
            case .badRequest, .badBody, .noSuchPath, .methodNotAllowed, .unsupportedMediaType: .software
            case .noTokenYet, .paused, .notNow, .tooSlow, .tooManyConnections, .storeUnavailable, .appwriteSilent:
                .tryAgain
            // A newer refreshd's: the status still says whether it passes.
            case nil: [429, 503, 504].contains(problem.status) ? .tryAgain : .unavailable
            }
    }

    init(_ trouble: FileTrouble) {
        self =
            switch trouble {
            case .missing, .isFolder, .failed: .noInput
            case .notPermitted: .noPermission
            case .tooLarge: .data
            }
    }

    init(_ error: StartError) {
        self =
            switch error.kind {
            case .config: .settings
            case .unavailable: .unavailable
            }
    }

    /// What a command that works on the store itself is refused.
    init(_ error: OpenError) {
        self =
            switch error {
            case .missing, .folderMissing: .noInput
            case .noPermission: .noPermission
            case .locked: .tryAgain
            case .taken: .cannotWrite
            case .unavailable, .damaged, .foreign, .newer: .unavailable
            case .keyMissing, .keyMalformed, .keyExposed, .wrongKey, .keyChangeUnfinished: .settings
            }
    }

    init(_ error: SettingsError) {
        self =
            switch error {
            case .unreadable(file: _, let trouble): ExitStatus(trouble)
            case .mistaken: .settings
            }
    }
}
