// The routes under /v1 that the daemon uses, as a real Appwrite answers them: routing, headers and bodies. What is let
// in and what it changes is the model's.
import AppwriteModel
import Foundation

struct AppwriteRoutes: Sendable {
    let simulator: Simulator
    /// As it is installed when the request comes.
    let version: AppwriteVersion

    private enum Route {
        case session(String)
        case sessions
        case jwts(user: String)
        case users
        case user(String)
        case userSessions(String)
        case identities
        case version

        init?(_ path: [String]) {
            guard path.first == "v1", path.count > 1 else { return nil }
            switch (path[1], path.count) {
            case ("account", 3) where path[2] == "sessions": self = .sessions
            case ("account", 4) where path[2] == "sessions": self = .session(path[3])
            case ("users", 2): self = .users
            case ("users", 3) where path[2] == "identities": self = .identities
            case ("users", 3): self = .user(path[2])
            case ("users", 4) where path[3] == "sessions": self = .userSessions(path[2])
            case ("users", 4) where path[3] == "jwts": self = .jwts(user: path[2])
            case ("health", 3) where path[2] == "version": self = .version
            default: return nil
            }
        }
    }

    func respond(to call: HTTPCall) async -> HTTPReply {
        switch await reply(to: call) {
        case .hangUp:
            return .hangUp
        case .answer(var answer):
            answer.headers += [("Server", "Appwrite"), ("Date", Timestamps.httpDate(simulator.now()))]
            return .answer(answer)
        }
    }

    private func reply(to call: HTTPCall) async -> HTTPReply {
        let caller = Caller(call, version: version, signer: simulator.signer)
        switch (call.method, Route(call.path)) {
        case ("PATCH", .session(let id)):
            return await patch(id, by: caller)
        case ("DELETE", .session(let id)):
            return .answer(delete(id, by: caller))
        case ("GET", .session(let id)):
            return reading { server, now throws(Refusal) in
                Shapes.session(try server.readSession(id, by: caller, now: now))
            }
        case ("GET", .sessions):
            return reading { server, now throws(Refusal) in
                list("sessions", try server.listSessions(by: caller, now: now).map(Shapes.session))
            }
        case ("POST", .jwts(let user)):
            return mintJWT(for: user, call.body, by: caller)
        case ("GET", .userSessions(let id)):
            return reading { server, now throws(Refusal) in
                list("sessions", try server.sessions(ofUser: id, by: caller, now: now).map(Shapes.listedSession))
            }
        case ("GET", .identities):
            return reading { server, now throws(Refusal) in
                let page = try server.identities(try Query.all(in: call.query), by: caller, now: now)
                return list("identities", page.rows.map(Shapes.identity), total: page.total)
            }
        case ("GET", .users):
            return reading { server, now throws(Refusal) in
                let page = try server.users(try Query.all(in: call.query), by: caller, now: now)
                return list("users", page.rows.map { Shapes.user($0, version: version) }, total: page.total)
            }
        case ("GET", .user(let id)):
            return reading { server, now throws(Refusal) in
                Shapes.user(try server.user(id, by: caller, now: now), version: version)
            }
        case ("GET", .version):
            return .answer(answer(200, ["version": .string(version.rawValue)]))
        default:
            return .answer(unknownRoute())
        }
    }

    private func reading(
        _ read: (inout AppwriteServer, Milliseconds) throws(Refusal) -> JSON
    ) -> HTTPReply {
        simulator.change { server, now in
            do throws(Refusal) {
                return .answer(answer(200, try read(&server, now)))
            } catch {
                return .answer(answer(refused: error))
            }
        }
    }

    /// The provider's delay passes outside the model, so that PATCHes overlap; the client's hanging up stops nothing.
    private func patch(_ id: String, by caller: Caller) async -> HTTPReply {
        let number: PatchID
        switch simulator.change({ $0.beginPatch(id, by: caller, now: $1) }) {
        case .refused(let refusal, let rate): return .answer(answer(refused: refusal, rate))
        case .underWay(let begun): number = begun
        }
        let reaction = simulator.change { $0.askProvider(number, now: $1) }
        do {
            switch reaction.ending {
            case .hangs: try await simulator.waitForShutdown()
            case .answered, .droppedBeforeCommit, .droppedAfterCommit: try await simulator.wait(reaction.after)
            }
        } catch {
            // The simulator is shutting down: this PATCH never ends for its client.
            simulator.change { $0.losePatch(number, as: .hangs, now: $1) }
            return .hangUp
        }
        if reaction.ending == .droppedBeforeCommit {
            simulator.change { $0.losePatch(number, as: .droppedBeforeCommit, now: $1) }
            return .hangUp
        }
        guard let patched = simulator.change({ $0.commitPatch(number, as: reaction.ending, now: $1) }),
            reaction.ending == .answered
        else { return .hangUp }
        switch patched.result {
        case .success(let session): return .answer(answer(200, Shapes.session(session), patched.rate))
        case .failure(let refusal): return .answer(answer(refused: refusal, patched.rate))
        }
    }

    private func delete(_ id: String, by caller: Caller) -> HTTPAnswer {
        let deleted = simulator.change { $0.deleteSession(id, by: caller, now: $1) }
        switch deleted.result {
        case .failure(let refusal):
            return answer(refused: refusal, deleted.rate)
        case .success:
            let cookies = [
                ("X-Fallback-Cookies", "[]"),
                (
                    "Set-Cookie",
                    "a_session_\(caller.project ?? "")=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0"
                ),
            ]
            return HTTPAnswer(
                status: 204,
                headers: rateHeaders(deleted.rate) + cookies + [("Content-Type", "text/html")],
                body: Data())
        }
    }

    private struct JWTRequest: Decodable {
        var sessionId: String?
        var duration: Int64?
    }

    private func mintJWT(for user: String, _ body: Data, by caller: Caller) -> HTTPReply {
        // `try?`: Appwrite reads a body that is no JSON as one without parameters, and every parameter has a default.
        let request = try? JSONCoding.decode(JWTRequest.self, from: body)
        return simulator.change { server, now in
            do throws(Refusal) {
                let claims = try server.mintJWT(
                    userID: user, sessionID: request?.sessionId ?? "", seconds: request?.duration ?? 900, by: caller,
                    now: now)
                return .answer(answer(201, ["jwt": .string(simulator.signer.sign(claims))]))
            } catch {
                return .answer(answer(refused: error))
            }
        }
    }

    /// 1.8.1 answers in JSON, 1.9.6 with a page for people.
    private func unknownRoute() -> HTTPAnswer {
        switch version {
        case .v1_8_1:
            answer(
                refused: Refusal(
                    status: 404, type: "general_route_not_found",
                    message: "Route not found. Please ensure the endpoint is configured correctly and that the API "
                        + "route is valid for this SDK version. Refer to the API docs for more details."))
        case .v1_9_6:
            HTTPAnswer(
                status: 404, headers: [("Content-Type", "text/html; charset=UTF-8")],
                body: Data(
                    "<!DOCTYPE html><html lang=\"en\"><head><title>Error</title></head><body>404</body></html>".utf8))
        }
    }

    private func list(_ name: String, _ rows: [JSON], total: Int? = nil) -> JSON {
        ["total": .number(Double(total ?? rows.count)), name: .array(rows)]
    }

    private func answer(refused refusal: Refusal, _ rate: RateHeaders? = nil) -> HTTPAnswer {
        answer(refusal.status, Shapes.refusal(refusal, version: version), rate)
    }

    private func answer(_ status: Int, _ body: JSON, _ rate: RateHeaders? = nil) -> HTTPAnswer {
        HTTPAnswer(
            status: status,
            headers: rateHeaders(rate) + [("Content-Type", "application/json; charset=UTF-8")],
            body: body.data)
    }

    private func rateHeaders(_ rate: RateHeaders?) -> [(String, String)] {
        guard let rate else { return [] }
        return [
            ("X-Ratelimit-Limit", String(rate.limit)), ("X-Ratelimit-Remaining", String(rate.remaining)),
            ("X-Ratelimit-Reset", String(rate.reset)),
        ]
    }
}
