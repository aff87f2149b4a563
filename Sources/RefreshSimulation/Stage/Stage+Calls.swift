// How calls fare on the stage: looks and PATCHes arrive, are carried out by the server whoever hears of it, and are
// answered, late, or never.

import AppwriteModel
import RefreshPolicy

extension Stage {
    mutating func arrive(look call: Call) {
        if weather.isCut || isUnlucky(weather.lostLooks) {
            let silence: Silence = weather.isCut ? .unreachable(.refused) : .cut
            timeline.plan(.lookAnswered(call, .failed(.silent(silence)), answeredAt: nil), at: now + travel())
            return
        }
        let look = wire.look(at: call.row, now: clocks.server)
        timeline.plan(.lookAnswered(call, look, answeredAt: now), at: now + travel())
    }

    mutating func answered(_ call: Call, _ look: Look, _ answeredAt: Int64?) {
        guard call.process == process else { return }
        trace("  look \(call.attempt.number) answered: \(look.inBrief)")
        followStep()
        let headers = answeredAt.map { clocks.headers(rate: nil, answeredAt: $0, sentAt: call.sentAt) }
        take(.looked(call.attempt, call.row.key, call.row.user, look, headers))
    }

    mutating func arrive(patch call: Call) {
        if weather.isCut {
            plan(call, .notSent(.silent(.unreachable(.refused))), rate: nil, answeredAt: nil, after: travel())
            return
        }
        let start = wire.begin(call.row, now: clocks.server)
        book.arrived(call, start, wire: wire, trueTime: now)
        let charge = wire.server.ledger.patches.last?.charge
        trace("  PATCH \(call.attempt.number) came: \(charge?.rawValue ?? "nothing")")
        switch start {
        case .over(let answer, let rate): plan(call, answer, rate: rate, answeredAt: now, after: travel())
        case .underWay(let patch, let reaction):
            plan(call, .lost(.timedOut), rate: nil, answeredAt: nil, after: weather.patience - (now - call.sentAt))
            let ending =
                reaction.ending == .answered && isUnlucky(weather.lostAnswers)
                ? PatchEnding.droppedAfterCommit : reaction.ending
            // A provider that hangs is cut off by somebody at some time.
            let wait = ending == .hangs ? Int64.random(in: 31_000...590_000, using: &dice) : reaction.after
            timeline.plan(
                .patchDone(call, patch, ending), at: now + max(wait, Int64.random(in: weather.work, using: &dice)))
        }
    }

    mutating func done(_ call: Call, _ patch: PatchID, _ ending: PatchEnding) {
        book.done(patch)
        switch ending {
        case .hangs, .droppedBeforeCommit:
            wire.server.losePatch(patch, as: ending, now: clocks.server)
            if ending == .droppedBeforeCommit { plan(call, .lost(.cut), rate: nil, answeredAt: nil, after: travel()) }
        case .answered, .droppedAfterCommit:
            guard let (answer, rate) = wire.commit(patch, as: ending, now: clocks.server) else { return }
            if ending == .answered {
                plan(call, answer, rate: rate, answeredAt: now, after: travel())
            } else {
                plan(call, .lost(.cut), rate: nil, answeredAt: nil, after: travel())
            }
        }
    }

    private mutating func plan(
        _ call: Call, _ answer: SpendAnswer, rate: RefreshPolicy.RateHeaders?, answeredAt: Int64?, after wait: Int64
    ) {
        timeline.plan(.patchAnswered(call, answer, rate, answeredAt: answeredAt), at: now + max(0, wait))
    }

    /// The first answer counts; a timeout comes after the answer, or the answer to nobody.
    mutating func answered(
        _ call: Call, _ answer: SpendAnswer, _ rate: RefreshPolicy.RateHeaders?, _ answeredAt: Int64?
    ) {
        guard call.process == process, heard.insert(call.attempt).inserted else { return }
        trace(
            "  PATCH \(call.attempt.number) answered: \(answer.inBrief), \(rate.map { String($0.remaining) } ?? "?") left"
        )
        followStep()
        let shown = weather.stripsRateHeaders ? nil : rate
        let headers = answeredAt.map { clocks.headers(rate: shown, answeredAt: $0, sentAt: call.sentAt) }
        book.heard(call, answer, shown, serverNow: clocks.server, trueTime: now)
        take(.answered(call.attempt, call.row.key, answer, headers))
    }
}
