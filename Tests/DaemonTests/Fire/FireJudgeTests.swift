// The judge of a fire, held against small histories of which it is known what is wrong with them: one that accuses
// nobody would make every fire look sound.

import AppwriteModel
import AppwriteSimulator
import Harness
import Testing

@Suite("The judge of a fire")
struct FireJudgeTests {
    @Test("law 6: spending alone over the limit is accused; what others spent is excused until it was told")
    func windows() throws {
        var alone = try Scene()
        for number in 0...10 { alone.refresh(after: number == 0 ? 0 : 100, alone.tenants[number % 12]) }
        #expect(alone.verdict.contains(.overspent))

        var ignorant = try Scene()
        for _ in 0..<10 { ignorant.spendByOthers() }
        ignorant.refresh(after: 100, ignorant.tenants[0])
        #expect(ignorant.judge.unforeseen == 1)
        #expect(ignorant.verdict.isEmpty)
        // Under way at the same time; and long after.
        ignorant.refresh(after: 100, ignorant.tenants[1])
        #expect(ignorant.verdict.isEmpty)
        var stubborn = ignorant
        stubborn.refresh(after: 2000, stubborn.tenants[2])
        #expect(stubborn.verdict == [.overspent])

        // The life that was told ended before it could write that down.
        var killed = ignorant
        killed.testimony.lives = [
            Life(from: Scene.start, to: killed.now + 10, end: .killed), Life(from: killed.now + 20),
        ]
        killed.refresh(after: 2000, killed.tenants[2])
        #expect(killed.verdict.isEmpty)
    }

    @Test("law 4: two at once are accused, unless doubtFor has passed or a token has come")
    func neighbours() throws {
        for (pause, isWrong) in [(3000, true), (12_000, false)] as [(Milliseconds, Bool)] {
            var scene = try Scene()
            let anna = scene.tenants[0]
            scene.hang(anna)
            scene.refresh(after: 9000, anna)
            scene.refresh(after: pause, anna)
            #expect(scene.verdict == (isWrong ? [.twiceAtOnce] : []))
        }
    }

    @Test("laws 1, 5 and 13: a refresh that is forbidden, blind or too soon is accused")
    func calls() throws {
        var scene = try Scene(refreshToken: .omitted)
        scene.refresh(after: 9000, scene.tenants[0])
        #expect(scene.verdict == [.forbidden])

        scene = try Scene()
        scene.refresh(after: 9000, scene.tenants[0], looking: false)
        #expect(scene.verdict == [.notLookedAt])

        scene = try Scene()
        scene.refresh(after: 9000, scene.tenants[0])
        #expect(scene.verdict.isEmpty)
        scene.refresh(after: 1000, scene.tenants[0])
        #expect(scene.verdict == [.tooSoon])
        scene.testimony.stalls = [Stall(from: scene.now - 500, to: scene.now - 100)]
        #expect(scene.verdict.isEmpty && scene.judge.excused == 1)
    }

    @Test("laws 2, 3, 8 and 11: what readers must not get is accused")
    func reads() throws {
        let scene = try Scene()
        let (anna, bert) = (scene.tenants[0], scene.tenants[1])
        func verdict(_ reads: Read..., change: (inout Scene) -> Void = { _ in }) -> Set<Misdeed.Kind> {
            var scene = scene
            change(&scene)
            scene.testimony.reads = reads
            return scene.verdict
        }
        let token = Read.Answer.token(anna.login.accessToken)
        #expect(verdict(Read(anna, at: 11_000, token)).isEmpty)
        #expect(verdict(Read(anna, at: 14_000, token)) == [.servedPastEnd])
        #expect(verdict(Read(anna, at: 9000, .token("at_of_nobody"))) == [.wrongToken, .tokenLost])
        #expect(verdict(Read(bert, at: 3000, token)) == [.wrongToken])
        #expect(verdict(Read(anna, at: 9000, .refused(503))) == [.tokenLost])
        #expect(verdict(Read(anna, at: 3000, .refused(503))).isEmpty)
        #expect(verdict(Read(anna, at: 3000, .silence)) == [.unanswered])
        #expect(verdict(Read(anna, at: 3000, token, took: .seconds(8))) == [.waitedTooLong])
        #expect(verdict(Read(anna, at: 1000, token), Read(anna, at: 3000, .refused(404))) == [.sessionForgotten])
        #expect(verdict(Read(anna, at: 1000, .refused(410)), Read(anna, at: 3000, token)) == [.servedAfterLogout])
        #expect(verdict(Read(anna, at: 9000, token)) { $0.logOut(anna, at: 2000) } == [.servedAfterLogout])
        #expect(verdict(Read(anna, at: 6000, token)) { $0.logOut(anna, at: 2000) }.isEmpty)
        #expect(
            verdict(Read(anna, at: 3000, .refused(404))) { $0.testimony.acknowledged[anna.id] = Scene.start }
                == [.registrationLost])
    }
}

/// A history in the making, at times of its own.
private struct Scene {
    static let start: Milliseconds = 6_000_000_000
    var testimony = Testimony()
    private(set) var now = Scene.start
    private var server: AppwriteServer
    private let stranger: Session

    init(refreshToken: ProviderBehaviour.RefreshTokenAtLogin = .sent) throws {
        var server = AppwriteServer(settings: ServerSettings(windowLength: Cast.window.inMilliseconds))
        let part = Tenant.Part.found
        for project in [part.project, Cast.foreign] {
            let behaviour = Cast.behaviour(of: Cast.patient, lifetime: 12_000)
            server.setUp(
                ProjectSetup(id: project, providers: [ProviderSetup(name: Cast.patient, behaviour: behaviour)]))
        }
        func logIn(_ account: String, _ project: String) throws -> Session {
            let login = Login(
                project: project, provider: Cast.patient, providerUID: account, refreshToken: refreshToken)
            guard let session = server.logIn(login, now: Scene.start) else {
                throw HarnessTrouble("no project \(project)")
            }
            return session
        }
        stranger = try logIn("stranger", Cast.foreign)
        let tenants = try (0..<12).map { number in
            Tenant(login: LoggedIn(try logIn("user\(number)", part.project), of: part.project), part: part)
        }
        self.server = server
        testimony.tenants = tenants
        testimony.lives = [Life(from: Scene.start)]
    }

    var tenants: [Tenant] { testimony.tenants }
    var judge: Judge { Judge.judge(testimony, server.ledger) }
    var verdict: Set<Misdeed.Kind> { Set(judge.misdeeds.map(\.kind)) }

    mutating func refresh(after pause: Milliseconds, _ tenant: Tenant, looking: Bool = true) {
        now += pause
        let claims = JWTClaims(userID: tenant.login.userId, sessionID: tenant.id, expiresAt: now + 60_000)
        let caller = Caller(project: tenant.login.project, jwt: .signed(claims))
        if looking { #expect(throws: Never.self) { try server.readSession(tenant.id, by: caller, now: now) } }
        _ = server.patch(tenant.id, by: caller, now: now)
    }

    mutating func spendByOthers() {
        let secret = SessionSecret(userID: stranger.userID, secret: stranger.secret)
        _ = server.patch(stranger.id, by: Caller(project: Cast.foreign, secret: secret), now: now)
    }

    mutating func hang(_ tenant: Tenant) {
        server.setFaults([Fault(ending: .hangs, times: 1)], at: .session(tenant.id), of: tenant.login.project)
    }

    mutating func logOut(_ tenant: Tenant, at time: Milliseconds) {
        server.endSession(tenant.id, of: tenant.login.project, now: Scene.start + time)
    }
}

extension Read {
    /// By session, at so many milliseconds of the scene.
    fileprivate init(_ tenant: Tenant, at time: Milliseconds, _ answer: Answer, took: Duration = .milliseconds(10)) {
        let askedAt = Scene.start + time
        self.init(
            session: tenant.id, isBySession: true, maxWait: .zero, askedAt: askedAt, answeredAt: askedAt + 10,
            took: took, answer: answer)
    }
}
