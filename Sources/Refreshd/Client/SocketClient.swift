// The command line's side of the sockets: one request, one answer, and words for everything that can be in the way.

import AsyncHTTPClient
import Foundation
import NIOCore
import TokenAPI
import TokenClient
import Vocabulary

struct SocketRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    let method: Method
    /// The whole path; ids are of a grammar that needs no encoding.
    let path: String
    /// How long to wait for the whole answer.
    let patience: Duration
    private(set) var query = ""
    private(set) var body: Data?

    init(_ method: Method, _ path: String, patience: Duration = .seconds(15)) {
        self.method = method
        self.path = path
        self.patience = patience
    }

    /// Adds a parameter, where there is a value.
    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        query += (query.isEmpty ? "?" : "&") + name + "=" + value.percentEncoded
    }

    mutating func send(_ body: some Encodable) throws(CommandFailure) {
        self.body = try SocketClient.encode(body)
    }
}

struct SocketClient: Sendable {
    /// The path of the daemon's socket.
    let path: String

    /// A page of a thousand sessions has some 600 KB.
    private static let largestAnswer = 16 * 1024 * 1024

    /// Asks, and reads the answer; also gives the JSON as it came, where newer fields are still in it.
    func ask<Body: Decodable>(
        _ request: SocketRequest, for type: Body.Type
    ) async throws(CommandFailure) -> (Body, json: String) {
        let data = try await answer(to: request)
        do {
            return (try WireCoding.decode(type, from: data), String(decoding: data, as: UTF8.self))
        } catch {
            // The error may quote the answer, and the answer may hold a token (law 7).
            throw notUnderstood
        }
    }

    /// The body of a success; everything else is thrown.
    func answer(to request: SocketRequest) async throws(CommandFailure) -> Data {
        try SocketTrouble.check(path: path)
        do {
            return try await HTTPClient.withHTTPClient(configuration: Self.configuration) { client in
                let response = try await client.execute(try http(request), timeout: .init(request.patience))
                let body = Data(try await response.body.collect(upTo: Self.largestAnswer).readableBytesView)
                guard !(200...299).contains(response.status.code) else { return body }
                guard let problem = Self.problem(in: body) else { throw notUnderstood }
                throw CommandFailure(problem)
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw SocketTrouble(error, patience: request.patience).failure(at: path)
        }
    }

    static func json(_ body: some Encodable) throws(CommandFailure) -> String {
        String(decoding: try encode(body), as: UTF8.self)
    }

    fileprivate static func encode(_ body: some Encodable) throws(CommandFailure) -> Data {
        do {
            return try WireCoding.encode(body)
        } catch {
            throw CommandFailure(.software, "the request cannot be written as JSON; this is a defect of refreshd")
        }
    }

    private var notUnderstood: CommandFailure { SocketTrouble.notUnderstood.failure(at: path) }

    private static func problem(in body: Data) -> Problem? {
        do {
            return try WireCoding.decode(Problem.self, from: body)
        } catch {
            return nil
        }
    }

    private func http(_ request: SocketRequest) throws -> HTTPClientRequest {
        guard let url = URL(httpURLWithSocketPath: path, uri: request.path + request.query) else {
            throw CommandFailure(.usage, "--socket \(path.shown()) is no path")
        }
        var http = HTTPClientRequest(url: url.absoluteString)
        http.method = .init(rawValue: request.method.rawValue)
        if let body = request.body {
            http.headers.add(name: "Content-Type", value: "application/json")
            http.body = .bytes(body)
        }
        return http
    }

    /// No redirects, and no second try: a socket that is not there is told at once.
    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        self = .milliseconds(duration.wholeMilliseconds)
    }
}

extension SocketTrouble {
    /// What AsyncHTTPClient says of it. Its own text is not shown: it may hold what was sent (law 7).
    init(_ error: any Error, patience: Duration) {
        self =
            switch error {
            case let error as IOError: .refused(errno: error.errnoCode)
            case is NIOTooManyBytesError: .answerTooLarge
            case let error as HTTPClientError where Self.timeouts.contains(error): .noAnswer(within: patience)
            default: .closed
            }
    }

    private static let timeouts: [HTTPClientError] = [.deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout]
}

extension CommandFailure {
    /// What the daemon says, in the words of the command line.
    init(_ problem: Problem) {
        self.init(
            problem: problem.kind, status: problem.status, detail: problem.detail,
            accounts: problem.grants?.map { Account(project: $0.project, providerUID: $0.providerUID) })
    }
}
