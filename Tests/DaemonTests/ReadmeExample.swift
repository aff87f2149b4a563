// README's example in Swift, as it stands there.

import AsyncHTTPClient
import Foundation

struct Answer: Decodable { let access_token: String }

func accessToken(of user: String, socket: String = "/run/refreshd/token.sock") async throws -> String {
    let server = "http+unix://" + socket.replacing("/", with: "%2F")
    let path = "/v1/tokens?user=\(user)&provider=google&max_wait=30"
    let answer = try await HTTPClient.shared.execute(HTTPClientRequest(url: server + path), timeout: .seconds(40))
    let body = try await answer.body.collect(upTo: 65536)
    return try JSONDecoder().decode(Answer.self, from: Data(buffer: body)).access_token
}
