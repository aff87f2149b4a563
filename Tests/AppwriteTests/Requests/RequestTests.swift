// What is sent: paths, queries, and one credential only.

import Captures
import Foundation
import RefreshPolicy
import Testing

@testable import Appwrite

@Suite("Requests") struct RequestTests {
    @Test("Whatever enters a path or a query is percent-encoded")
    func encoding() {
        #expect(RequestPath("users", "a.b_c-d~").text == "/users/a.b_c-d~")
        #expect(RequestPath("a/b", "..?#%", "é\n").text == "/a%2Fb/..%3F%23%25/%C3%A9%0A")
        let query = ListQuery.cursorAfter("a\"b\\c\u{1}")
        #expect(query.json == #"{"method":"cursorAfter","values":["a\"b\\c\u0001"]}"#)
        #expect(
            RequestPath("users").with([.limit(2), .limit(3)]).text
                == "/users?queries%5B%5D=%7B%22method%22%3A%22limit%22%2C%22values%22%3A%5B2%5D%7D"
                + "&queries%5B%5D=%7B%22method%22%3A%22limit%22%2C%22values%22%3A%5B3%5D%7D")
    }

    @Test("Identities are asked for as a real Appwrite was seen to answer")
    func identityQueries() throws {
        let recorded = try Capture.load("06-identities-updated-since", version: "1.8.1").request.path
        let key = try #require(Secret("standard_key"))
        let since = try #require(ServerTime(iso8601: "2026-11-23T21:28:32.211+00:00"))
        let ours = AppwriteRequest.listIdentities(from: .from(since), key: key).path.text
        let (asked, answered) = (try queries(ours), try queries(recorded))
        #expect(asked.count == 3)
        #expect(Set(asked.dropLast()) == Set(answered.dropLast()))
        #expect(try #require(asked.last).values == .numbers([100]))
    }

    @Test("A page starts at the time that the last one reached, and goes by age only where time stood still")
    func cursor() throws {
        let since = try #require(ServerTime(iso8601: "2026-11-23T21:28:32.211+00:00"))
        let later = try #require(ServerTime(iso8601: "2026-11-23T21:28:32.212+00:00"))
        let start = IdentityCursor.from(since)
        #expect(start.afterFull(endingWith: "i9", writtenAt: later) == .from(later))
        let stuck = start.afterFull(endingWith: "i9", writtenAt: since)
        #expect(stuck == .at(since, after: nil))
        let within = stuck.afterFull(endingWith: "i20", writtenAt: since)
        #expect(within == .at(since, after: "i20"))
        #expect(within.afterRest == .from(later))
        #expect(start.afterRest == nil)
        for cursor in [start, stuck, within] { #expect(IdentityCursor(cursor.text) == cursor) }
        for text in ["", "i9", "at", "at i9", "on \(since.iso8601)", "at \(since.iso8601) i 9"] {
            #expect(IdentityCursor(text) == nil)
        }
    }

    @Test("Each request has one credential, and the dev key goes with a refresh only")
    func credentials() throws {
        let key = try #require(Secret("standard_key"))
        let login = try #require(Secret("login"))
        let session = try #require(SessionID("s1"))
        let user = try #require(UserID("u1"))
        let project = try AppwriteProject(
            alias: try #require(ProjectAlias("main")),
            endpoint: try Endpoint("https://cloud.example/prefix/v1", plainHTTP: .loopbackOnly),
            projectID: try #require(AppwriteProjectID("peer")), apiKey: key, devKey: Secret("dev"))
        let requests: [(AppwriteRequest, credential: String, url: String)] = [
            (.readSession(session, by: .secret(login)), "X-Appwrite-Session", "/account/sessions/s1"),
            (.readSession(session, by: .token(login)), "X-Appwrite-JWT", "/account/sessions/s1"),
            (.readCurrentSession(secret: login), "X-Appwrite-Session", "/account/sessions/current"),
            (.refresh(session, by: .secret(login)), "X-Appwrite-Session", "/account/sessions/s1"),
            (.refresh(session, by: .token(login)), "X-Appwrite-JWT", "/account/sessions/s1"),
            (.listSessions(of: user, key: key), "X-Appwrite-Key", "/users/u1/sessions"),
            (.mintToken(for: session, of: user, key: key), "X-Appwrite-Key", "/users/u1/jwts"),
            (.listUsers(after: "u9", key: key), "X-Appwrite-Key", "/users"),
        ]
        for (request, credential, path) in requests {
            let headers = request.headers(for: project)
            let credentials = ["X-Appwrite-Session", "X-Appwrite-JWT", "X-Appwrite-Key", "Cookie"]
            let sent = credentials.filter { headers.contains(name: $0) }
            #expect(sent == [credential])
            #expect(headers.contains(name: "X-Appwrite-Dev-Key") == (request.method == .PATCH))
            #expect(headers["X-Appwrite-Project"] == ["peer"])
            let url = request.url(at: project.endpoint).prefix { $0 != "?" }
            #expect(url == "https://cloud.example/prefix/v1" + path)
        }
    }

    private struct Query: Decodable, Hashable {
        let method: String
        let attribute: String?
        let values: Values?

        enum Values: Decodable, Hashable {
            case texts([String])
            case numbers([Int])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let numbers = try? container.decode([Int].self) {
                    self = .numbers(numbers)
                } else {
                    self = .texts(try container.decode([String].self))
                }
            }
        }
    }

    private func queries(_ path: String) throws -> [Query] {
        let items = try #require(URLComponents(string: path)?.queryItems)
        return try items.map { item in
            #expect(item.name == "queries[]")
            return try JSONDecoder().decode(Query.self, from: Data(try #require(item.value).utf8))
        }
    }
}
