// README's example in Swift, as it stands there.

import AsyncHTTPClient
import Foundation

struct Answer: Decodable { let access_token: String }
struct Refusal: Error, Decodable { let type: String, detail: String }

func accessToken(of user: String, socket: String = "/run/refreshd/token.sock") async throws -> String {
    let server = "http+unix://" + socket.replacing("/", with: "%2F")
    let path = "/v1/tokens?user=\(user)&provider=google&max_wait=30"
    let answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: server + path), timeout: .seconds(40))
    let body = Data(buffer: try await answer.body.collect(upTo: 65536))
    guard answer.status == .ok else { throw try JSONDecoder().decode(Refusal.self, from: body) }
    return try JSONDecoder().decode(Answer.self, from: body).access_token
}
