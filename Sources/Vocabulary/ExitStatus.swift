// How a command ends, for scripts: the numbers of sysexits.h, and what each means here.

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
        case .data: "the secret is no live session's, or the session holds nothing to keep fresh"
        case .noInput: "no such project, session, user, store or file"
        case .noUser: "the user must log in again"
        case .unavailable:
            """
            refreshd does not run here, its store is damaged, Appwrite refused, or a user or group that the settings name \
            is not known here now
            """
        case .software: "this program does not understand what answers: another socket, another version, or a defect"
        case .cannotWrite: "the output cannot be written, or its file is there already"
        case .tryAgain: "not now; trying again later helps"
        case .noPermission: "this user may not use the socket, not ask for that, or may not read the file"
        case .settings: "the settings are wrong"
        }
    }

    /// All of them, for `--help`; the manual has them in a section of its own.
    package static var list: String {
        "Exit status, for scripts:\n  0  done\n"
            + allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }

    /// What a request is refused for; `status` is HTTP's.
    package init(problem kind: ProblemKind?, status: Int) {
        self =
            switch kind {
            case .badParameter, .projectNeeded, .severalGrants: .usage
            case .notAllowed: .noPermission
            case .bodyTooLarge, .secretRefused, .notRefreshable: .data
            case .unknownProject, .unknownSession, .unknownUser: .noInput
            case .needsLogin, .ended: .noUser
            case .keyNotChanged: .settings
            case .storeDamaged, .appwriteRefused: .unavailable
            case .badRequest, .badBody, .noSuchPath, .methodNotAllowed, .unsupportedMediaType: .software
            case .noTokenYet, .notNow, .tooSlow, .tooManyConnections, .storeUnavailable, .appwriteSilent:
                .tryAgain
            // A newer refreshd's: the status still says whether it passes.
            case nil: [429, 503, 504].contains(status) ? .tryAgain : .unavailable
            }
    }
}
