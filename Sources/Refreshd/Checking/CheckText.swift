// A check as people read it: the most important thing, then everything by what it is about, each with what to do.

import RefreshPolicy

struct CheckText {
    let report: CheckReport

    var text: String {
        var text = report.headline + "\n"
        for project in projects {
            let findings = report.findings.filter { $0.project == project }
            text += "\n" + (project.map { "Project \($0)" } ?? "This machine") + "\n"
            for finding in findings { text += lines(of: finding) }
        }
        return text
    }

    /// Each once, in the order of the findings.
    private var projects: [ProjectAlias?] {
        var projects: [ProjectAlias?] = []
        for finding in report.findings where !projects.contains(finding.project) { projects.append(finding.project) }
        return projects
    }

    private func lines(of finding: Finding) -> String {
        let margin = "  " + padded(finding.severity.rawValue, to: 8) + padded(finding.subject.rawValue, to: 16)
        let advice = finding.advice.map { String(repeating: " ", count: margin.count) + "> \($0)\n" } ?? ""
        return margin + finding.found + "\n" + advice
    }

    private func padded(_ word: String, to width: Int) -> String {
        word + String(repeating: " ", count: max(1, width - word.count))
    }
}
