// All findings of one check, and what follows from them: the one thing to know first, and the exit status.

import RefreshPolicy
import TokenAPI
import Vocabulary

struct CheckReport: Sendable {
    /// In the order in which things build on each other: what comes first may be the cause of what follows.
    let findings: [Finding]

    var worst: Finding.Severity { findings.map(\.severity).max() ?? .fine }

    /// That of the first error, which may be the cause of the others; nil where there is none. Warnings and hints are for
    /// people: a unit that checks before it starts should start.
    var status: ExitStatus? { findings.lazy.compactMap(\.status).first }

    /// The most important thing, in one line.
    var headline: String {
        if let first = findings.first(where: { $0.severity == worst }), worst >= .warning {
            let place = first.project.map { "\($0): " } ?? ""
            return "\(worst): \(place)\(first.found)"
        }
        let unseen = findings.count { !$0.isSeen }
        let notSeen = "\(unseen) \(unseen == 1 ? "thing was" : "things were") not seen"
        if let metered = findings.first(where: { $0.subject == .metering && $0.severity == .hint && $0.isSeen }) {
            return metered.found + (metered.advice.map { "; \($0)" } ?? "") + (unseen == 0 ? "" : "; \(notSeen)")
        }
        guard unseen == 0 else { return "nothing is wrong as far as could be seen; \(notSeen)" }
        let sessions = findings.filter { $0.subject == .sessions && $0.severity == .fine }.map(\.found).first
        let state = worst == .fine ? "everything is fine" : "nothing is wrong, \(counts)"
        return state + (sessions.map { ": \($0)" } ?? "")
    }

    /// How many there are of each severity that asks for something, such as "1 error, 2 warnings".
    var counts: String {
        let words = [Finding.Severity.error, .warning, .hint].compactMap { severity -> String? in
            let count = findings.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity)\(count == 1 ? "" : "s")"
        }
        return words.joined(separator: ", ")
    }
}

/// What `refreshd check --json` writes.
struct CheckBody: Encodable {
    /// Of refreshd.
    let version = Version.text
    let summary: String
    /// The worst severity.
    let worst: String
    let exitStatus: Int32
    let findings: [Entry]

    struct Entry: Encodable {
        /// The settings' name of the project; absent for what all share.
        let project: String?
        /// The words of `Finding.Subject`.
        let check: String
        /// "fine", "hint", "warning" or "error".
        let severity: String
        /// Whether it could be looked at.
        let checked: Bool
        let found: String
        let advice: String?
    }

    init(_ report: CheckReport) {
        summary = report.headline
        worst = report.worst.rawValue
        exitStatus = report.status?.rawValue ?? 0
        findings = report.findings.map {
            Entry(
                project: $0.project?.rawValue, check: $0.subject.rawValue, severity: $0.severity.rawValue,
                checked: $0.isSeen, found: $0.found, advice: $0.advice)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case version, summary, worst, findings
        case exitStatus = "exit_status"
    }
}
