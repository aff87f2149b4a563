// Hands in a session by its secret, on either kind of socket. It names a project of the settings, never a server: nobody
// who may register can have a secret sent elsewhere.

import Foundation
import RefreshEngine
import RefreshPolicy

struct Registration: Sendable {
    let control: any Controlling
    let door: Doorkeeper
    let socket: SocketName
    let clock: any WallClock

    @Sendable func register(_ call: Call) async throws(Problem) -> Answer {
        _ = try call.query()
        let body = try await call.json()
        let registration: RegistrationBody
        do {
            registration = try WireCoding.decode(from: Data(body.readableBytesView))
        } catch {
            // The error itself may quote the secret.
            throw Problem(
                .badBody,
                detail: #"The body must be a JSON object such as {"project": "…", "secret": "…"}. Nothing was done."#)
        }
        let project: ProjectAlias = try Parameter.project.identifier(registration.project)
        try door.admit(Intent(.register, project: project), of: call.peer, at: socket)
        let secret = registration.secret.secret
        guard Self.canBeHeader(secret) else {
            throw Problem(
                .secretRefused,
                detail: """
                    `secret` cannot be a session's secret: Appwrite's are one word of up to \(Self.longestSecret) \
                    printable ASCII characters. Nothing was done. Give the secret as Appwrite gave it, and nothing else.
                    """)
        }
        guard door.registrations.enter() else { throw .notNow("other sessions are being registered") }
        defer { door.registrations.leave() }
        do {
            let row = try await control.register(secret: secret, in: project)
            // Who may only register learns what the secret itself says, and nothing of how the session is kept.
            let seesAll = door.decision(on: Intent(.control, project: project), of: call.peer, at: socket).isAllowed
            return seesAll
                ? Answer(.created, SessionBody(row, now: clock.now())) : Answer(.created, RegisteredBody(row))
        } catch {
            throw .registration(error, in: project)
        }
    }

    /// Appwrite's are some 300 bytes.
    private static let longestSecret = 4096

    /// A secret travels in a header field: a line break in it would be another field.
    private static func canBeHeader(_ secret: Secret) -> Bool {
        let bytes = secret.reveal().utf8
        return bytes.count <= longestSecret && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
