// A plain HTTP client for the tests that need a socket.
import AppwriteModel
import AppwriteSimulator
import AsyncHTTPClient
import Foundation
import Testing

struct Client {
    let url: String

    struct Answer {
        let status: UInt
        /// By name as sent.
        let headers: [String: String]
        let json: JSON
    }

    /// For answers that are no JSON.
    func status(_ method: String, _ path: String) async throws -> UInt {
        var request = HTTPClientRequest(url: url + path)
        request.method = .RAW(value: method)
        let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
        _ = try await response.body.collect(upTo: 1 << 20)
        return response.status.code
    }

    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = .RAW(value: method)
        for (name, value) in headers {
            request.headers.add(name: name, value: value)
        }
        if let body { request.body = .bytes(Data(body.utf8)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        let data = Data(bytes.readableBytesView)
        return Answer(
            status: response.status.code,
            headers: Dictionary(response.headers.map { ($0.name, $0.value) }) { first, _ in first },
            json: data.isEmpty ? .null : try JSONCoding.decode(JSON.self, from: data))
    }

    func control(_ route: String, _ body: String) async throws -> Answer {
        try await send("POST", "/_simulator/\(route)", body: body)
    }

    func logIn(_ form: String) async throws -> LoggedIn {
        try decode(LoggedIn.self, try await control("logins", form))
    }

    func ledger() async throws -> LedgerForm {
        try decode(LedgerForm.self, try await send("GET", "/_simulator/ledger"))
    }

    /// Sets up the project `demo` and logs Anna in, without the socket.
    func logIn(to simulator: Simulator) throws -> LoggedIn {
        simulator.change { server, _ in
            server.setUp(ProjectSetup(id: "demo", providers: [ProviderSetup(name: "google")]))
        }
        return try simulator.logIn(Login(project: "demo", provider: "google", providerUID: "anna"))
    }

    @discardableResult
    func patch(_ session: LoggedIn, _ headers: [String: String] = [:]) async throws -> Answer {
        let own = ["X-Appwrite-Project": session.project, "X-Appwrite-Session": session.secret]
        return try await send(
            "PATCH", "/v1/account/sessions/\(session.sessionId)", own.merging(headers) { _, theirs in theirs })
    }

    private func decode<Form: Decodable>(_ form: Form.Type, _ answer: Answer) throws -> Form {
        try #require(answer.status == 200)
        return try JSONCoding.decode(form, from: JSONCoding.encode(answer.json))
    }
}
