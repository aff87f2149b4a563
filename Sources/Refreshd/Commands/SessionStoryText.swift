// All that is known of a session, for whoever asks why it stands as it does and what comes next.

import RefreshPolicy
import TokenAPI

struct SessionStoryText {
    let session: SessionBody
    let screen: Screen?

    var text: String {
        [details, outcomes].compactMap { $0 }.joined(separator: "\n")
    }

    /// By the daemon's clock.
    private var now: WallTime { (session.story?.now ?? session.lookedAt).time }

    private var details: String {
        var details = Details()
        details.add("session", "\(session.project)/\(session.sessionID)")
        details.add("user", session.userID)
        let account = session.providerUID.isEmpty ? "" : ", account \(session.providerUID)"
        details.add("provider", session.provider + account)
        details.add("standing", "\(session.standing): \(session.reason)")
        if let meaning = StandingWords.meaning(of: session.standing) { details.add("that is", meaning) }
        if session.failures > 0 { details.add("failures", "\(session.failures) in a row") }
        if let story = session.story { details.add("next", next(story)) }
        let end = session.expiresAt.map { ", at \(TimeWords.moment($0))" } ?? ""
        let issued = session.issuedAt.map { "; issued \(TimeWords.moment($0))" } ?? ""
        details.add("token", SessionWords.token(of: session) + end + issued)
        details.add("refresh token", session.hasRefreshToken ? "there is one" : "none: it cannot be refreshed")
        details.add("kept fresh", kept)
        details.add("read", reads)
        if let host = session.story?.host { details.add("host", calls(host)) }
        for condition in session.story?.conditions ?? [] { details.add("trouble", trouble(condition)) }
        details.add("credential", session.source == "secret" ? "its secret" : "the project's API key")
        details.add("session ends", TimeWords.moment(session.sessionExpiresAt))
        details.add("created", TimeWords.moment(session.createdAt))
        details.add("found", TimeWords.moment(session.foundAt))
        details.add("looked at", TimeWords.moment(session.lookedAt))
        return details.text(on: screen)
    }

    private func next(_ story: StoryBody) -> String {
        let time = story.next.at.map { at in
            let wait = at.seconds(from: now)
            return wait > 0 ? "in \(TimeWords.short(wait)), at \(TimeWords.moment(at))" : "now"
        }
        return StandingWords.next(story.next.what, time)
    }

    private var kept: String {
        guard session.elected else { return "no: another session of the same account is" }
        switch session.story?.kept {
        case "used"?: return "while it is read"
        case "always"?: return "as long as it lives"
        case let span?: return "each day from \(span), UTC"
        case nil: return "no: its project is not in the settings"
        }
    }

    private var reads: String {
        guard let last = session.lastReadAt else { return "never" }
        let ago = "last \(TimeWords.short(now, since: last.time)) ago"
        guard let perHour = session.story?.readsPerHour else { return ago }
        switch perHour {
        case 10...: return "about \(Int(perHour.rounded())) times an hour, \(ago)"
        case 1...: return "a few times an hour, \(ago)"
        case (1.0 / 24)...: return "a few times a day, \(ago)"
        default: return "hardly ever, \(ago)"
        }
    }

    private func calls(_ host: StatusBody.Host) -> String {
        guard host.metering == "metered" else { return "\(host.name): calls are not limited" }
        let window = host.resetIn > 0 ? "in \(TimeWords.short(host.resetIn))" : "now"
        return "\(host.name): \(host.remaining) of \(host.limit) calls left, a new window \(window)"
    }

    private func trouble(_ condition: ConditionBody) -> String {
        let age = TimeWords.short(now, since: condition.since.time)
        let probe = condition.probeAt.map { at in
            let wait = at.seconds(from: now)
            return ", next try \(wait > 0 ? "in \(TimeWords.short(wait))" : "now")"
        }
        return "\(condition.words) at \(condition.scope.name), for \(age)\(probe ?? "")"
    }

    private var outcomes: String? {
        guard let outcomes = session.story?.outcomes, !outcomes.isEmpty else { return nil }
        let columns = [
            Table.Column("LAST"), Table.Column("OUTCOME", least: 16), Table.Column("TIMES"), Table.Column("SINCE"),
        ]
        return Table(
            columns,
            rows: outcomes.map { outcome in
                [
                    TimeWords.moment(outcome.last), outcome.reason, "\(outcome.times)",
                    outcome.times == 1 ? "" : "\(TimeWords.short(now, since: outcome.first.time)) ago",
                ]
            }
        ).text(on: screen)
    }
}
