// One thing that a check looked at: how grave it is, what was found, and what to do. Everything foreign in it is escaped
// where the finding is made.

import RefreshPolicy
import Vocabulary

struct Finding: Hashable, Sendable {
    /// What was looked at. The words are for programs and never change.
    enum Subject: String, CaseIterable, Sendable {
        case version
        case settings
        case settingsFile = "settings-file"
        case daemon
        case conditions
        case tokenSocket = "token-socket"
        case controlSocket = "control-socket"
        case stateFolder = "state-folder"
        case sealingKey = "sealing-key"
        case store
        case apiKey = "api-key"
        case devKey = "dev-key"
        case caFile = "ca-file"
        case proxyLogin = "proxy-login"
        case endpoint
        case certificate
        case clock
        case project
        case scopes
        case metering
        case sessions
        case forecast
    }

    enum Severity: String, CaseIterable, Comparable, Sendable {
        case fine
        /// Works; could be better, or could not be seen.
        case hint
        /// Works, and will not for long or not for all.
        case warning
        /// Does not work.
        case error

        static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .fine: 0
            case .hint: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    let subject: Subject
    let severity: Severity
    /// One line, without an end.
    let found: String
    let advice: String?
    /// Of an error: the exit status of a check that found no graver one.
    let status: ExitStatus?
    /// False where there was no right, or no way, to look.
    let isSeen: Bool
    /// Nil for what all projects share.
    var project: ProjectAlias?

    static func fine(_ subject: Subject, _ found: String) -> Finding {
        Finding(subject: subject, severity: .fine, found: found, advice: nil, status: nil, isSeen: true)
    }

    static func hint(_ subject: Subject, _ found: String, _ advice: String) -> Finding {
        Finding(subject: subject, severity: .hint, found: found, advice: advice, status: nil, isSeen: true)
    }

    static func warning(_ subject: Subject, _ found: String, _ advice: String) -> Finding {
        Finding(subject: subject, severity: .warning, found: found, advice: advice, status: nil, isSeen: true)
    }

    static func error(_ subject: Subject, _ status: ExitStatus, _ found: String, _ advice: String) -> Finding {
        Finding(subject: subject, severity: .error, found: found, advice: advice, status: status, isSeen: true)
    }

    /// What could not be looked at is no fault of the thing.
    static func unseen(_ subject: Subject, _ reason: String, _ advice: String?) -> Finding {
        Finding(
            subject: subject, severity: .hint, found: "not checked: \(reason)", advice: advice, status: nil,
            isSeen: false)
    }

    func of(_ project: ProjectAlias) -> Finding {
        var finding = self
        finding.project = project
        return finding
    }
}
