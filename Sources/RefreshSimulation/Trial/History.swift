// One line for each thing that happened, for whoever reads of a breach.

import RefreshPolicy

extension Notice {
    var inBrief: String {
        switch self {
        case .found(let row), .registered(let row), .renewed(let row, _), .settled(let row), .adopted(let row),
            .failed(let row), .needsLogin(let row), .recovered(let row), .ended(let row), .inDoubt(let row),
            .sessionShortened(let row, _):
            "\(word) \(row.inBrief)"
        case .removed(let key): "\(word) \(key)"
        case .forgotten(let project, let sessions, _): "\(word) \(sessions) of a user of \(project)"
        case .budgetSpent(let host, _): "\(word) \(host)"
        case .unmetered(let project), .metered(let project): "\(word) \(project)"
        case .condition(let news): news.inBrief
        case .clockStepped(let step): "\(word) by \(step)"
        case .timePassed(let time): "\(word): \(time)"
        }
    }

    private var word: String {
        switch self {
        case .found: "found"
        case .registered: "registered"
        case .renewed: "renewed"
        case .settled: "settled"
        case .adopted: "adopted"
        case .failed: "failed"
        case .needsLogin: "needs login"
        case .recovered: "recovered"
        case .ended: "ended"
        case .inDoubt: "in doubt"
        case .sessionShortened: "shortened"
        case .removed: "removed"
        case .forgotten: "forgotten"
        case .budgetSpent: "budget spent"
        case .unmetered: "unmetered"
        case .metered: "metered"
        case .condition: "condition"
        case .clockStepped: "clock stepped"
        case .timePassed: "time passed unseen"
        }
    }
}

extension ConditionNews {
    private var condition: Condition {
        switch self {
        case .began(let condition), .changed(let condition, _), .ended(let condition): condition
        }
    }

    fileprivate var inBrief: String {
        let what = "\(condition.scope): \(condition.words) (\(condition.count))"
        switch self {
        case .began: return "begins: \(what)"
        case .changed: return "changes: \(what)"
        case .ended: return "ends: \(what)"
        }
    }
}

extension Look {
    var inBrief: String {
        switch self {
        case .list(let facts): "\(facts.count) sessions"
        case .session: "the session"
        case .failed(let failure): "\(failure)"
        }
    }
}

extension SpendAnswer {
    var inBrief: String {
        switch self {
        case .session(let facts): facts.token == nil ? "an empty token" : "a token"
        case .refused(let refusal): "\(refusal)"
        case .notSent(let failure): "not sent, \(failure)"
        case .lost(let silence): "lost, \(silence)"
        }
    }
}

extension SessionRow {
    var inBrief: String { "\(key) \(standing.rawValue), \(reason)" }
}
