// updateSession, in its phases. PATCHes overlap, may hang and may be lost on the way, so each phase is a call of its
// own: begin (authenticate, count), ask the provider, commit (store and answer). There is no lock: each works on the
// session as it was when it began. A client that hangs up changes nothing.

package typealias PatchID = Int

package enum PatchStart: Sendable, Equatable {
    /// Refused, with or without having been counted.
    case refused(Refusal, RateHeaders?)
    /// Let in and counted. Ask the provider next.
    case underWay(PatchID)
}

/// What the provider will do about it.
package struct ProviderReaction: Sendable, Equatable {
    /// How long it takes.
    package let after: Milliseconds
    package let ending: PatchEnding
}

/// The session as a PATCH shows it: with its old `$updatedAt`, and the new dates in another form than a GET.
package struct PatchedSession: Sendable, Equatable {
    package let session: Session
    package let tokenExpiry: DateForm
}

/// 1.8.1 and 1.9.6 show a date that was just set as `2026-11-23 22:29:38.705`, a stored one in ISO form.
package enum DateForm: Sendable, Equatable {
    case justSet
    case stored
}

package struct PatchAnswer: Sendable, Equatable {
    package let result: Result<PatchedSession, Refusal>
    package let rate: RateHeaders
}

struct PatchesUnderWay: Sendable {
    var byID: [PatchID: Attempt] = [:]
    private var ofSession: [SessionName: Int] = [:]

    struct Attempt: Sendable {
        let project: String
        /// As it was when the PATCH began.
        let session: Session

        var name: SessionName { SessionName(project: project, session: session.id) }
        let rate: RateHeaders
        let question: Question
        var answer: ProviderAnswer?
    }

    /// What Appwrite does about the session's provider.
    enum Question: Sendable {
        case ask(String)
        /// No OAuth provider: the session is only extended.
        case none
        case unsupported
    }

    /// How many of that session are under way as Appwrite sees it, whoever has hung up.
    func underWay(of session: SessionName) -> Int {
        ofSession[session, default: 0]
    }

    mutating func begin(_ attempt: Attempt, as id: PatchID) {
        byID[id] = attempt
        ofSession[attempt.name, default: 0] += 1
    }

    mutating func end(_ id: PatchID) -> Attempt? {
        guard let attempt = byID.removeValue(forKey: id) else { return nil }
        let others = underWay(of: attempt.name) - 1
        ofSession[attempt.name] = others > 0 ? others : nil
        return attempt
    }
}

extension AppwriteServer {
    /// Authenticates and counts. The number in `underWay` is also the number of its record in the ledger.
    package mutating func beginPatch(_ sessionID: String, by caller: Caller, now: Milliseconds) -> PatchStart {
        let number = ledger.open(record(of: sessionID, by: caller, now: now))
        var rate: RateHeaders?
        do throws(Refusal) {
            let holder = try admitToAccount(caller, now: now)
            let (charge, headers) = counter.charge(
                .patch, host: caller.host, ip: caller.ip, exempt: isExemptFromLimit(caller, now: now), now: now)
            ledger.charged(number, charge, remaining: headers.remaining)
            rate = headers
            if charge == .overLimit { throw .overLimit }
            let session = try find(sessionID, of: holder)
            let attempt = PatchesUnderWay.Attempt(
                project: holder.projectID, session: session, rate: headers,
                question: question(about: session, in: holder.projectID))
            patches.begin(attempt, as: number)
            return .underWay(number)
        } catch {
            ledger.close(number, .answered, status: error.status, type: error.type, now: now)
            return .refused(error, rate)
        }
    }

    /// Puts the question to the provider, which acts on it at once: whatever becomes of the PATCH, a rotated refresh
    /// token is rotated.
    package mutating func askProvider(_ id: PatchID, now: Milliseconds) -> ProviderReaction {
        guard let attempt = patches.byID[id], case .ask(let provider) = attempt.question else {
            return ProviderReaction(after: 0, ending: .answered)
        }
        let fault = takeFault(of: attempt.session.id, at: provider, in: attempt.project)
        if fault.ending != .hangs {
            let answer = answer(of: provider, to: attempt, with: fault.answer, now: now)
            patches.byID[id]?.answer = answer
        }
        return ProviderReaction(after: fault.delay, ending: fault.ending)
    }

    /// Stores what the provider said and answers. A session deleted meanwhile still gets its 200; nothing is stored.
    package mutating func commitPatch(
        _ id: PatchID, as ending: PatchEnding = .answered, now: Milliseconds
    ) -> PatchAnswer? {
        guard let attempt = patches.end(id), let length = projects[attempt.project]?.sessionLength else { return nil }
        var patched = attempt.session
        patched.expiresAt = now + length
        var tokenExpiry = DateForm.stored
        do throws(Refusal) {
            switch attempt.question {
            case .none: break
            case .unsupported: throw .providerUnsupported
            case .ask:
                switch attempt.answer ?? .unreadable {
                case .tokens(let access, let refresh, let expiresIn):
                    patched.accessToken = access
                    patched.accessTokenExpiry = now + (expiresIn ?? 0)
                    if let refresh { patched.refreshToken = refresh }
                    tokenExpiry = .justSet
                case .emptySuccess:
                    patched.accessToken = ""
                    patched.accessTokenExpiry = now
                    tokenExpiry = .justSet
                case .notAsked: break
                case .refused(let status, let message): throw .provider(status: status, message: message)
                case .unreadable: throw .serverError
                }
            }
        } catch {
            ledger.close(id, ending, status: error.status, type: error.type, now: now)
            return PatchAnswer(result: .failure(error), rate: attempt.rate)
        }
        var stored = patched
        stored.updatedAt = now
        if projects[attempt.project]?.replace(stored) == true {
            ledger.stored(patched.accessToken, now: now)
        }
        ledger.close(id, ending, status: 200, type: nil, now: now)
        return PatchAnswer(
            result: .success(PatchedSession(session: patched, tokenExpiry: tokenExpiry)), rate: attempt.rate)
    }

    /// The PATCH comes to nothing: lost before the commit, or a hang that was cut.
    package mutating func losePatch(_ id: PatchID, as ending: PatchEnding, now: Milliseconds) {
        guard patches.end(id) != nil else { return }
        ledger.close(id, ending, status: nil, type: nil, now: now)
    }

    /// All phases at once, for where no time passes between them.
    package mutating func patch(_ sessionID: String, by caller: Caller, now: Milliseconds) -> PatchOutcome {
        switch beginPatch(sessionID, by: caller, now: now) {
        case .refused(let refusal, let rate):
            return .answered(.failure(refusal), rate)
        case .underWay(let id):
            let ending = askProvider(id, now: now).ending
            switch ending {
            case .hangs:
                return .lost(ending)
            case .droppedBeforeCommit:
                losePatch(id, as: ending, now: now)
                return .lost(ending)
            case .answered, .droppedAfterCommit:
                guard let answer = commitPatch(id, as: ending, now: now), ending == .answered else {
                    return .lost(ending)
                }
                return .answered(answer.result, answer.rate)
            }
        }
    }

    private func question(about session: Session, in project: String) -> PatchesUnderWay.Question {
        if session.provider == "wordpress", settings.version == .v1_8_1 {
            // The adapter's class is called WordPress, and Wordpress is looked for.
            return .none
        }
        if projects[project]?.providers[session.provider] != nil { return .ask(session.provider) }
        switch settings.version {
        case .v1_8_1: return .none
        case .v1_9_6: return session.refreshToken.isEmpty ? .none : .unsupported
        }
    }

    /// The fault that spoils this answer, if any; one that was set for a number of answers is used up by it.
    private mutating func takeFault(of session: String, at provider: String, in project: String) -> Fault {
        func take(_ faults: inout [Fault]) -> Fault? {
            guard let first = faults.first else { return nil }
            if let times = first.times {
                if times <= 1 { faults.removeFirst() } else { faults[0].times = times - 1 }
            }
            return first
        }
        if var faults = projects[project]?.sessionFaults[session], let fault = take(&faults) {
            projects[project]?.sessionFaults[session] = faults.isEmpty ? nil : faults
            return fault
        }
        if var faults = projects[project]?.providers[provider]?.faults, let fault = take(&faults) {
            projects[project]?.providers[provider]?.faults = faults
            return fault
        }
        return Fault()
    }

    private mutating func answer(
        of provider: String, to attempt: PatchesUnderWay.Attempt, with fault: FaultyAnswer, now: Milliseconds
    ) -> ProviderAnswer {
        let sent = attempt.session.refreshToken
        switch fault {
        case .refuses(let status, let error, let description):
            let said = "\(error): \(description ?? "No description")"
            return .refused(status: status, message: said.replacing("{refresh_token}", with: sent))
        case .refusesInText(let status, let text):
            return .refused(status: status, message: text.replacing("{refresh_token}", with: sent))
        case .emptySuccess:
            return .emptySuccess
        case .down:
            return .unreadable
        case .noAdapter:
            return .notAsked
        case .issuesRegardless:
            let tokens = projects[attempt.project]?.providers[provider]?.logIn(
                providerUID: attempt.session.providerUID, lifetime: .usual, refreshToken: .sent, dice: &dice)
            return take(tokens.map(Provider.Outcome.issued), for: attempt, from: provider, now: now)
        case .asUsual:
            let outcome = projects[attempt.project]?.providers[provider]?.refresh(sent, dice: &dice)
            return take(outcome, for: attempt, from: provider, now: now)
        }
    }

    private mutating func take(
        _ outcome: Provider.Outcome?, for attempt: PatchesUnderWay.Attempt, from provider: String, now: Milliseconds
    ) -> ProviderAnswer {
        switch outcome {
        case .issued(let tokens):
            ledger.issued(
                tokens, of: attempt.session, in: attempt.project, provider: provider,
                endedAt: projects[attempt.project]?.endedSessions[attempt.session.id], now: now)
            return .tokens(access: tokens.access, refresh: tokens.refresh, expiresIn: tokens.expiresIn)
        case .refused(let revokesFamily):
            if revokesFamily {
                ledger.revokeTokens(of: attempt.name, now: now)
            }
            switch projects[attempt.project]?.providers[provider]?.behaviour.refusals ?? .badRequest {
            case .success: return .emptySuccess
            case .badRequest:
                return .refused(status: 400, message: "invalid_grant: refresh token revoked, rotated or unknown")
            }
        case nil:
            return .unreadable
        }
    }
}

/// What a client sees of a PATCH whose phases all fell on one instant.
package enum PatchOutcome: Sendable, Equatable {
    case answered(Result<PatchedSession, Refusal>, RateHeaders?)
    case lost(PatchEnding)
}
