// What errors mean: by the call, its credential and the error's type, and never by the status alone.

import Foundation
import RefreshPolicy
import Testing

@testable import Appwrite

@Suite("What a refusal means") struct RefusalTests {
    @Test("One type means one thing for a key and another for a login")
    func byCredential() {
        let scope = RawAnswer.error(401, "general_unauthorized_scope", "User (role: guests) missing scopes")
        #expect(scope.failure(asked: .refreshSession) == .refused(.loginRefused))
        #expect(scope.failure(asked: .readSession) == .refused(.loginRefused))
        for question in Question.allCases where question.credential == .key {
            #expect(scope.failure(asked: question) == .refused(.keyRefused))
        }
        let unknown = RawAnswer.error(404, "user_session_not_found")
        #expect(unknown.failure(asked: .readSession) == .refused(.sessionUnknown))
        #expect(unknown.failure(asked: .listSessions) == .refused(.callRefused(status: 404)))
        let wrongKey = RawAnswer.error(401, "user_unauthorized")
        #expect(wrongKey.failure(asked: .mintToken) == .refused(.keyRefused))
        #expect(wrongKey.failure(asked: .refreshSession) == .refused(.callRefused(status: 401)))
    }

    @Test("A missing scope of somebody who is no guest is our own mistake, and no logout")
    func keyWon() {
        let message = "app.peer@service.127.0.0.1 (role: applications) missing scopes ([\"account\"])"
        let answer = RawAnswer.error(401, "general_unauthorized_scope", message)
        #expect(answer.failure(asked: .refreshSession) == .refused(.callRefused(status: 401)))
        #expect(answer.failure(asked: .readSession) == .refused(.callRefused(status: 401)))
    }

    @Test("Appwrite's failure without a type is the provider's on a refresh, and its own on any other call")
    func generalUnknown() {
        let answer = RawAnswer.error(500, "general_unknown", "Server Error")
        for question in Question.allCases {
            let isRefresh = question == .refreshSession
            let expected: Refusal = isRefresh ? .providerFailed : .serverFailed(status: 500)
            #expect(answer.failure(asked: question) == .refused(expected))
        }
    }

    @Test(
        "The provider's own refusals are its own under any status",
        arguments: [
            (403, Refusal.providerFailed), (404, .providerFailed), (429, .providerThrottled), (500, .providerFailed),
            (503, .providerFailed),
        ])
    func provider(status: Int, refusal: Refusal) {
        let answer = RawAnswer.error(status, "user_oauth2_provider_error", "slow_down: No description")
        #expect(answer.failure(asked: .refreshSession) == .refused(refusal))
    }

    @Test(
        "Types that later versions may bring go by their status, and none is permanent",
        arguments: [
            (400, Refusal.callRefused(status: 400)), (401, .callRefused(status: 401)), (418, .callRefused(status: 418)),
            (429, .rateLimited), (500, .serverFailed(status: 500)), (503, .serverFailed(status: 503)),
        ])
    func unknownType(status: Int, refusal: Refusal) {
        for question in Question.allCases {
            let expected = status == 429 && question != .refreshSession ? .serverFailed(status: 429) : refusal
            #expect(RawAnswer.error(status, "a_new_type").failure(asked: question) == .refused(expected))
        }
    }

    @Test(
        "What is asked of the user, or tells of clocks, ends no session",
        arguments: ["user_jwt_invalid", "user_more_factors_required", "user_password_reset_required"])
    func transient(type: String) {
        #expect(RawAnswer.error(401, type).failure(asked: .refreshSession) == .refused(.callRefused(status: 401)))
    }

    @Test("A service that is switched off is told, by either name")
    func switchedOff() {
        for type in ["general_service_disabled", "general_api_disabled"] {
            #expect(RawAnswer.error(403, type).failure(asked: .listUsers) == .refused(.serviceDisabled))
        }
    }

    @Test(
        "Of a provider's message only an error code passes",
        arguments: [
            ("invalid_grant: token revoked", OAuthErrorCode.invalidGrant),
            ("invalid_grant:", .invalidGrant),
            ("Invalid `refresh_token` param: Value", nil), ("rt_case3_g0_c456e992: no such token", nil),
            ("1//0gAbCdEf: is not a token", nil), ("invalid_grant", nil), (": x", nil), ("", nil),
            ("invalid_grant\n: x", nil),
        ] as [(String, OAuthErrorCode?)])
    func errorCode(message: String, code: OAuthErrorCode?) {
        let answer = RawAnswer.error(400, "user_oauth2_bad_request", message)
        #expect(answer.failure(asked: .refreshSession) == .refused(.providerRefused(code)))
    }

    @Test("Law 7: a token echoed in a message or a body shows in no failure")
    func echo() throws {
        let token = "rt_1//0gSecretRefreshToken42"
        let types = ["user_oauth2_bad_request", "user_oauth2_provider_error", "general_unknown", "a_new_type"]
        var answers: [RawAnswer] = []
        for (type, status) in zip(types, [400, 503, 500, 400]) {
            answers.append(.error(status, type, "\(token): invalid_grant \(token)"))
            answers.append(.error(status, type, "invalid_grant: \(token)"))
            answers.append(.error(status, token, token))
        }
        answers.append(RawAnswer(status: 200, body: #"{"providerRefreshToken":"\#(token)","$id":7}"#))
        for answer in answers {
            for question in Question.allCases {
                var dumped = ""
                do throws(CallFailure) {
                    _ = try answer.session(asked: question)
                } catch {
                    dump(error, to: &dumped)
                    dumped += "\(error) \(String(reflecting: error))"
                }
                #expect(!dumped.isEmpty)
                #expect(!dumped.contains("0gSecret"))
            }
        }
    }

    @Test("Law 7: what is read of a session holds no refresh token")
    func refreshTokenDropped() throws {
        let answer = RawAnswer(status: 200, body: .session(refreshToken: "rt_secret_42"))
        let facts = try answer.session(asked: .readSession)
        var dumped = ""
        dump(facts, to: &dumped)
        #expect(facts.hasRefreshToken)
        #expect(!dumped.contains("rt_secret_42"))
    }
}
