// What somebody is told who may not do what was asked for: which rule says so, and what to do; and nothing of users and
// sessions, not even whether they are there.

import RefreshPolicy

extension Problem {
    static func notAllowed(_ intent: Intent, _ grounds: Grounds, _ peer: Peer, _ socket: SocketName) -> Problem {
        let who = "uid \(peer.user)"
        var because: String
        switch grounds {
        case .rule(let rule):
            because = "rule \(rule.place.number) of `access` (line \(rule.place.line) of the settings) refuses it"
        case .noRuleFits, .owner:
            because = "no rule of `access` in the settings allows it"
        case .standard:
            because = "on this socket nobody may, as long as no rule of `access` in the settings allows it"
        }
        if peer.groups == .unknown {
            because += """
                 (its groups beside \(peer.group) are not known, for they are too many: none of them allows anything, and \
                what is refused to a group is refused to it)
                """
        }
        var problem = Problem(
            .notAllowed,
            detail: """
                This process (\(who)) may not \(intent.words): \(because). Nothing was done. Ask whoever keeps \
                refreshd's settings; "refreshd check --as \(peer.user)" tells there what is allowed, and why.
                """)
        if case .rule(let rule) = grounds { problem.rule = rule.place.number }
        return problem
    }
}

extension Intent {
    /// As in "may not …".
    fileprivate var words: String {
        switch (right, project) {
        case (.read, _): "read this token"
        case (.register, _): "register a session of this project"
        case (.control, nil): "see or change what is of all projects (with some requests, `project` asks about one)"
        case (.control, .some): "see or change sessions of this project"
        }
    }
}
