// What happens in a trial, by dice.

import AppwriteModel
import RefreshPolicy

extension Trial {
    mutating func happen(_ happening: Happening) {
        switch happening {
        case .act:
            if !isQuiet { act() }
            plan(.act, in: 1000...1_200_000)
        case .read:
            read()
            plan(.read, in: 100...(isQuiet ? 60_000 : 240_000))
        case .listing(let project, let user): if isServed(project) { list(user, in: project) }
        case .poll(let project):
            if isServed(project) { poll(project) }
            plan(.poll(project), in: 60_000...60_000)
        case .walk(let project):
            if isServed(project) { walk(project) }
            plan(.walk(project), in: 21_600_000...21_600_000)
        case .readerGone(let reader): leave(reader)
        case .flush:
            flush()
            plan(.flush, in: 30_000...30_000)
        case .heal(let trouble): if !isQuiet { heal(trouble) }
        case .restart:
            note("starts")
            stage.start()
        }
    }

    private mutating func act() {
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<16: logIn()
        case 16..<20: logOut()
        case 20..<22: block()
        case 22..<23: deleteUser()
        case 23..<26: revoke()
        case 26..<36: refreshByOthers()
        case 36..<42: spendByOthers()
        case 42..<44: register()
        case 44..<46: remove()
        case 46..<50: order()
        case 50..<58: crash()
        case 58..<61: if world.hasTroubleWithTime { step() }
        case 61..<62: changeSessionLength()
        case 62..<65: changeSettings()
        default:
            guard let trouble = Trouble.allCases.randomElement(using: &dice) else { return }
            begin(trouble)
        }
    }

    mutating func logIn() {
        guard let site = stage.wire.sites.randomElement(using: &dice),
            let provider = world.providers.randomElement(using: &dice),
            let user = world.users.randomElement(using: &dice)
        else { return }
        let kind: SessionKind = chance(88, &dice) ? .oauth : [.tokenFlow, .email].randomElement(using: &dice) ?? .email
        let login = Login(
            project: site.project, kind: kind, provider: provider, providerUID: "\(provider)_\(user)",
            userID: "\(site.project)-\(user)")
        guard let session = stage.wire.server.logIn(login, now: stage.serverNow) else { return }
        note("login \(session.id) of \(user) by \(provider)")
        guard let id = SessionID(session.id) else { return }
        let key = SessionKey(project: site.alias, session: id)
        known.append(key)
        if site.apiKey != nil {
            plan(.listing(site.alias, session.userID), in: 1000...62_000)
        } else if kind == .oauth {
            register(session, at: site)
        }
    }

    private mutating func register() {
        guard let (site, session) = anySession(), session.kind == .oauth else { return }
        register(session, at: site)
    }

    private mutating func register(_ session: AppwriteModel.Session, at site: Site) {
        guard let facts = SessionFacts(session), let secret = Secret(of: session), facts.token != nil,
            session.expiresAt > stage.serverNow, stage.isRunning,
            let key = SessionID(session.id).map({ SessionKey(project: site.alias, session: $0) })
        else { return }
        note("registered \(session.id)")
        removed.remove(key)
        do throws(AppwriteModel.Refusal) {
            _ = try stage.wire.server.readSession("current", by: site.caller(secret: secret), now: stage.serverNow)
        } catch {
            return
        }
        stage.take(.registered(site.alias, secret, facts, stage.headersNow()))
    }

    private mutating func logOut() {
        guard let (site, session) = anySession() else { return }
        note("logout of \(session.id)")
        stage.wire.server.endSession(session.id, of: site.project, now: stage.serverNow)
        stage.book.ended("\(site.alias)/\(session.id)", at: stage.serverNow)
    }

    private mutating func block() {
        guard let (site, session) = anySession() else { return }
        let isBlocked = stage.wire.server.project(site.project)?.user(session.userID)?.status == .blocked
        note("\(isBlocked ? "un" : "")block \(session.userID)")
        everBlocked.insert("\(site.alias)/\(session.userID)")
        stage.wire.server.setStatus(
            isBlocked ? .active : .blocked, ofUser: session.userID, in: site.project, now: stage.serverNow)
    }

    private mutating func deleteUser() {
        guard let (site, session) = anySession() else { return }
        note("delete \(session.userID)")
        for session in sessions(ofUser: session.userID, at: site) {
            stage.book.ended("\(site.alias)/\(session.id)", at: stage.serverNow)
        }
        stage.wire.server.deleteUser(session.userID, of: site.project, now: stage.serverNow)
    }

    private mutating func revoke() {
        guard let (site, session) = anySession() else { return }
        note("revoke \(session.id)")
        stage.wire.server.revokeAtProvider(session.id, of: site.project, now: stage.serverNow)
    }

    /// The user's own app, on a device somewhere else.
    private mutating func refreshByOthers() {
        guard let (site, session) = anySession(), session.kind == .oauth, session.expiresAt > stage.serverNow else {
            return
        }
        note("refresh of \(session.id) by others")
        stage.book.touched("\(site.alias)/\(session.id)", at: stage.now)
        everTouched.insert("\(site.alias)/\(session.id)")
        let caller = Caller(
            project: site.project, host: site.host, ip: chance(50, &dice) ? site.ip : "203.0.113.9",
            secret: SessionSecret(userID: session.userID, secret: session.secret))
        _ = stage.wire.server.patch(session.id, by: caller, now: stage.serverNow)
    }

    private mutating func spendByOthers() {
        guard let site = stage.wire.sites.randomElement(using: &dice) else { return }
        let times = Int.random(in: 1...12, using: &dice)
        note("\(times) calls by others")
        let call: MeteredCall = Bool.random(using: &dice) ? .patch : .delete
        stage.wire.server.callAsOthers(call, times: times, host: site.host, ip: site.ip, now: stage.serverNow)
    }

    private mutating func remove() {
        guard let row = anyRow(), stage.isRunning else { return }
        // All of the user, for half of the sessions.
        guard row.createdAt.milliseconds % 2 == 0 else { return forget(row.user, of: row.key.project) }
        note("remove \(row.key)")
        stage.take(.removed(row.key, row.user))
        if stage.isRunning { removed.insert(row.key) }
    }

    private mutating func forget(_ user: UserID, of project: ProjectAlias) {
        let keys = stage.machine.memory.rows(of: user, in: project).map(\.key)
        note("forget \(user) of \(project)")
        stage.take(.forgotten(project, user))
        if stage.isRunning { removed.formUnion(keys) }
    }

    private mutating func order() {
        guard let row = anyRow(), stage.isRunning else { return }
        note("order for \(row.key)")
        stage.book.ordered(row.key.description, at: stage.now)
        ask(row.key, Wish(asker: .operator, minValid: .zero, waits: true), for: 30_000)
    }

    private mutating func crash() {
        guard stage.isRunning else { return }
        switch Int.random(in: 0..<4, using: &dice) {
        case 0:
            note("killed")
            stage.crash()
        case 1:
            note("stops")
            stage.take(.stopping)
            // Who waits is told to ask again, whatever is under way.
            stage.replies = []
            stage.crash()
        default:
            note("fuse lit")
            stage.light(fuse: Int.random(in: 0..<60, using: &dice))
        }
        plan(.restart, in: 100...(chance(20, &dice) ? 7_200_000 : 30_000))
    }

    /// Minutes, hours, or years.
    private mutating func step() {
        guard stage.isRunning else { return }
        let sizes: [Int64] = [60_000, 3_600_000, 86_400_000, 31_536_000_000]
        let size = sizes.randomElement(using: &dice) ?? 60_000
        let step = Int64.random(in: -size...size, using: &dice)
        note("clock stepped by \(step / 1000) s")
        stage.step(clockBy: step)
    }

    private mutating func changeSessionLength() {
        guard let site = stage.wire.sites.randomElement(using: &dice) else { return }
        let length = Int64.random(in: 1...2000, using: &dice) * 3_600_000
        note("sessions last \(length / 3_600_000) h from now on")
        stage.wire.server.setSessionLength(length, of: site.project)
    }

    func sessions(ofUser id: String, at site: Site) -> [AppwriteModel.Session] {
        guard let project = stage.wire.server.project(site.project), let user = project.user(id) else { return [] }
        return project.sessions(of: user)
    }

    private mutating func anySession() -> (Site, AppwriteModel.Session)? {
        guard let key = known.randomElement(using: &dice), let site = stage.wire.site(key.project),
            let session = stage.wire.server.project(site.project)?.session(key.session.rawValue)
        else { return nil }
        return (site, session)
    }

    mutating func anyRow() -> SessionRow? {
        known.randomElement(using: &dice).flatMap(stage.machine.memory.row)
    }
}
