// An app that takes tokens all the time, and writes down what it gets.

import Foundation
import Harness

struct TokenReader: Sendable {
    let daemon: Daemon
    let records: Records

    private static let pause: Duration = .milliseconds(150)

    /// Reads the role's grant over and over, until cancelled.
    func read(_ role: Role) async throws {
        while true {
            let sentAt = Records.moment
            let answer = try await ask(role)
            let read = Read(role: role, sentAt: sentAt, receivedAt: Records.moment, answer: answer)
            records.change { $0.reads.append(read) }
            try await Task.sleep(for: Self.pause)
        }
    }

    private func ask(_ role: Role) async throws -> Read.Answer {
        let answer: HTTPCaller.Answer
        do {
            answer = try await daemon.read(role)
        } catch {
            try Task.checkCancellation()
            return .silence
        }
        guard answer.status == 200 else {
            records.change { $0.search(answer.body, of: "the answer to a read of \(role.name)") }
            return .refused(status: answer.status)
        }
        return .token(try JSONDecoder().decode(Body.self, from: answer.body).token)
    }

    private struct Body: Decodable {
        let token: String

        private enum CodingKeys: String, CodingKey {
            case token = "access_token"
        }
    }
}
