// The judge must see each kind of misdeed, and accuse nobody who is innocent.

import Testing

@testable import Demo

@Suite("The judge")
struct JudgeTests {
    @Test("accuses nobody after a good play")
    func goodPlay() {
        let scene = Scene()
        let verdict = Judge.judge(scene.testimony)
        #expect(verdict.misdeeds == [])
        #expect(verdict.refreshes == 1)
        #expect(verdict.tokensRead == 1)
        #expect(verdict.fullestWindow == 1)
    }

    @Test("sees a call that the window could not hold")
    func overBudget() {
        var scene = Scene()
        scene.changeRefresh { $0.charge = .overLimit }
        #expect(scene.misdeeds == [.overBudget])
    }

    @Test("sees a refresh that destroys or revives", arguments: ["noRefreshToken", "sessionExpired", "sessionEnded"])
    func destroys(reason: String) {
        var scene = Scene()
        scene.changeRefresh { $0.forbidden = [reason] }
        #expect(scene.misdeeds == [.unlawful])
    }

    @Test("forgives a refresh of a session that was logged out after the last look")
    func loggedOutMeanwhile() {
        var scene = Scene(part: .logsOut)
        scene.changeRefresh { $0.forbidden = ["sessionEnded"] }
        scene.logOut(at: Scene.refreshedAt - 10)
        scene.know(at: Scene.refreshedAt + 1000)
        #expect(scene.misdeeds == [])
        scene.changeRefresh { $0.lastRead = Scene.refreshedAt - 5 }
        #expect(scene.misdeeds == [.unlawful])
    }

    @Test("sees a refresh while another is under way, unless the machine stood still")
    func twoAtOnce() {
        var scene = Scene()
        scene.changeRefresh { $0.othersUnderWay = 1 }
        #expect(scene.misdeeds == [.unlawful])
        scene.stall(at: Scene.refreshedAt - 3000)
        #expect(scene.misdeeds == [])
    }

    @Test("sees a refresh without a look before it")
    func noLook() {
        var scene = Scene()
        scene.changeRefresh { $0.lastRead = nil }
        #expect(scene.misdeeds == [.unlawful])
        scene.changeRefresh { $0.lastRead = Scene.refreshedAt - 30_001 }
        #expect(scene.misdeeds == [.unlawful])
        scene.changeRefresh { $0.lastRead = Scene.refreshedAt - 30_000 }
        #expect(scene.misdeeds == [])
    }

    @Test("sees a token refreshed in the first third of its life")
    func tooSoon() {
        var scene = Scene()
        scene.addRefresh(at: Scene.refreshedAt + 9_999)
        #expect(scene.misdeeds == [.unlawful])
        scene = Scene()
        scene.addRefresh(at: Scene.refreshedAt + 10_000)
        #expect(scene.misdeeds == [])
    }

    @Test("sees an empty token, an expired one, and one of somebody else")
    func badTokens() {
        var scene = Scene()
        scene.read(.token(""), at: Scene.refreshedAt + 100)
        #expect(scene.misdeeds == [.badToken])
        scene = Scene()
        scene.read(.token("unheard"), at: Scene.refreshedAt + 100)
        #expect(scene.misdeeds == [.badToken])
        scene = Scene()
        scene.read(.token("second"), of: .other, at: Scene.refreshedAt + 100)
        #expect(scene.misdeeds == [.badToken])
        scene = Scene()
        scene.read(.token("first"), at: 30_000)
        #expect(scene.misdeeds == [.badToken])
    }

    @Test("forgives a token that ends on the way to the reader")
    func endsOnTheWay() {
        var scene = Scene()
        scene.read(.token("first"), at: 29_999, taking: 5_000)
        #expect(scene.misdeeds == [])
    }

    @Test("counts a token's life from when Appwrite stored it")
    func storedLater() {
        var scene = Scene()
        scene.store("first", at: 40)
        scene.read(.token("first"), at: 30_039)
        #expect(scene.misdeeds == [])
        scene.read(.token("first"), at: 30_040)
        #expect(scene.misdeeds == [.badToken])
    }

    @Test("sees the token of a session that refreshd lists as ended")
    func loggedOut() {
        var scene = Scene(part: .logsOut)
        scene.logOut(at: 25_000)
        scene.know(at: 26_000)
        scene.read(.token("second"), at: 26_000)
        #expect(scene.misdeeds == [])
        scene.read(.token("second"), at: 26_001)
        #expect(scene.misdeeds == [.loggedOut])
    }

    @Test("sees a failed read of a grant that could be fresh", arguments: [Read.Answer.refused(status: 503), .silence])
    func failedRead(answer: Read.Answer) {
        var scene = Scene()
        scene.read(answer, at: 25_000)
        #expect(scene.misdeeds == [.failedRead])
    }

    @Test("forgives failed reads in the restart and the doubt after it, and no others")
    func restart() {
        let doubtsEnd = 26_000 + (Script.doubtFor + Script.refreshAfterDoubt).milliseconds
        var scene = Scene()
        scene.restart(from: 25_000, to: 26_000)
        scene.read(.silence, at: 24_990, taking: 10)
        scene.read(.refused(status: 503), at: doubtsEnd)
        #expect(scene.misdeeds == [])
        #expect(Judge.judge(scene.testimony).failedInRestart == 2)
        scene.read(.silence, at: 24_980, taking: 10)
        scene.read(.refused(status: 503), at: doubtsEnd + 1)
        #expect(scene.misdeeds == [.failedRead, .failedRead])
    }

    @Test("forgives failed reads while refreshd never came back")
    func awayForGood() {
        var scene = Scene()
        scene.restart(from: 25_000, to: .max)
        scene.read(.silence, at: 90_000)
        #expect(scene.misdeeds == [])
    }

    @Test("forgives failed reads after the machine stood still for long enough")
    func stall() {
        var scene = Scene()
        scene.read(.refused(status: 503), at: 25_000)
        scene.stall(at: 20_000, lateBy: 1_000)
        #expect(scene.misdeeds == [.failedRead])
        scene.stall(at: 21_000, lateBy: 1_000)
        #expect(scene.misdeeds == [])
    }

    @Test("expects of each part what its grant can give", arguments: [Part.refused, .noRefreshToken])
    func untilTokenEnds(part: Part) {
        var scene = Scene(part: part)
        let end = Scene.refreshedAt + 30_000
        scene.read(.refused(status: 409), at: end)
        #expect(scene.misdeeds == [])
        scene.read(.refused(status: 409), at: end - 1)
        #expect(scene.misdeeds == [.failedRead])
    }

    @Test("expects nothing of a login that never had a token, and nothing after a logout")
    func nothingToGive() {
        var scene = Scene(part: .tokenFlow)
        scene.read(.refused(status: 409), at: 25_000)
        #expect(scene.misdeeds == [])
        scene = Scene(part: .logsOut)
        scene.logOut(at: 25_000)
        scene.know(at: 26_000)
        scene.read(.refused(status: 410), at: 25_000)
        #expect(scene.misdeeds == [])
        scene.read(.refused(status: 410), at: 24_999)
        #expect(scene.misdeeds == [.failedRead])
    }

    @Test("sees that nothing was done")
    func neglect() {
        var scene = Scene()
        scene.forgetRefresh()
        #expect(scene.misdeeds == [.neglect])
        scene = Scene(part: .logsOut)
        scene.logOut(at: 25_000)
        #expect(scene.misdeeds == [.neglect])
    }

    @Test("passes on what was found of secrets")
    func leak() {
        var scene = Scene()
        scene.testimony.findings.leaks = [Leak(secret: "a key", place: "refreshd.log")]
        #expect(scene.misdeeds == [.leak])
    }
}
