// The forms of the control routes as values of the model.
package import AppwriteModel

extension ProjectSetup {
    /// What the form leaves out stays as it is in `existing`, or takes its default.
    init(_ form: ProjectForm, existing: Project?, now: Milliseconds) {
        self.init(id: form.id)
        sessionLength = form.sessionLength.map(Milliseconds.init(seconds:)) ?? existing?.sessionLength ?? sessionLength
        sessionsPerUser =
            form.sessionsPerUser.map { $0 > 0 ? .atMost($0) : .unlimited } ?? existing?.sessionsPerUser
            ?? sessionsPerUser
        accountService = form.accountService ?? existing?.accountService ?? accountService
        apiKeys = (form.apiKeys ?? []).map {
            APIKey(key: $0.key, scopes: $0.scopes ?? ["users.read", "users.write"], expiresAt: $0.end(now))
        }
        devKeys = (form.devKeys ?? []).map { DevKey(key: $0.key, expiresAt: $0.end(now)) }
        providers = (form.providers ?? []).map {
            ProviderSetup(name: $0.name, behaviour: ProviderBehaviour($0, existing: existing?.provider($0.name)))
        }
    }
}

extension KeyForm {
    fileprivate func end(_ now: Milliseconds) -> Milliseconds? {
        expiresIn.map { now + Milliseconds(seconds: $0) }
    }
}

extension ProviderBehaviour {
    /// What the form leaves out stays as it is in `existing`, or is as that provider is known to be.
    init(_ form: ProviderForm, existing: Provider?) {
        self = existing?.behaviour ?? .known(form.name)
        if let lifetime = form.lifetime { self.lifetime = lifetime.milliseconds }
        expiresIn = form.expiresIn ?? expiresIn
        rotation = form.rotation ?? rotation
        refreshTokenAtLogin = form.refreshTokenAtLogin ?? refreshTokenAtLogin
        reuse = form.reuse ?? reuse
        refusals = form.refusals ?? refusals
    }
}

extension Login {
    init(_ form: LoginForm, now: Milliseconds) {
        self.init(
            project: form.project, kind: form.kind ?? .oauth, provider: form.provider ?? "",
            providerUID: form.providerUid ?? "", userID: form.userId,
            lifetime: form.lifetime.map { .own($0.milliseconds) } ?? .usual, refreshToken: form.refreshToken,
            sessionExpiresAt: form.sessionExpiresIn.map { now + Milliseconds(seconds: $0) }, replaces: form.replaces)
    }
}

extension LoggedIn {
    package init(_ session: Session, of project: String) {
        self.init(
            project: project, userId: session.userID, sessionId: session.id,
            secret: SessionSecret(userID: session.userID, secret: session.secret).wire, provider: session.provider,
            providerUid: session.providerUID, accessToken: session.accessToken, refreshToken: session.refreshToken,
            accessTokenExpiry: session.accessTokenExpiry, sessionExpiresAt: session.expiresAt)
    }
}

extension Fault {
    init(_ form: FaultForm.OneFault) throws(ControlMistake) {
        let answer: FaultyAnswer
        switch form.answer ?? .asUsual {
        case .asUsual: answer = .asUsual
        case .emptySuccess: answer = .emptySuccess
        case .down: answer = .down
        case .issuesRegardless: answer = .issuesRegardless
        case .noAdapter: answer = .noAdapter
        case .refuses:
            guard let status = form.status, let error = form.error else {
                throw ControlMistake("a fault that \"refuses\" needs \"status\" and \"error\"")
            }
            answer = .refuses(status: status, error: error, description: form.description)
        case .refusesInText:
            guard let status = form.status, let text = form.text else {
                throw ControlMistake("a fault that \"refusesInText\" needs \"status\" and \"text\"")
            }
            answer = .refusesInText(status: status, text: text)
        }
        self.init(
            answer, delay: Milliseconds(seconds: form.delay ?? 0), ending: form.ending ?? .answered, times: form.times)
    }
}

extension FaultForm {
    func target() throws(ControlMistake) -> FaultTarget {
        switch (provider, session) {
        case (let name?, nil): return .provider(name)
        case (nil, let id?): return .session(id)
        case (nil, nil), (_?, _?): throw ControlMistake("faults sit at one \"provider\" or at one \"session\"")
        }
    }
}

/// What was wrong with a control request, for whoever wrote it.
struct ControlMistake: Error {
    let text: String
    var status = 400

    init(_ text: String, status: Int = 400) {
        self.text = text
        self.status = status
    }
}
