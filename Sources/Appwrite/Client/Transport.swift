// One HTTP exchange, within its time and its size. Nothing is repeated here and no redirect is followed: retrying is
// the scheduler's, and a PATCH sent twice breaks law 4.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RefreshEngine
import RefreshPolicy

/// What came of sending a request.
enum Exchange<Broken: Breakage>: Sendable {
    case answered(RawAnswer, AnswerHeaders)
    /// Headers are there where the answer broke off in its body.
    case broken(Broken, AnswerHeaders?)
}

/// What a broken exchange is taken for: the daemon asks what it proves, a check what is to be mended.
protocol Breakage: Sendable {
    static var timedOut: Self { get }
    static var cancelled: Self { get }

    /// Errors are judged by their kind and then dropped: their texts may quote headers, which hold secrets (law 7).
    init(_ error: any Error)
}

/// Whoever makes one must `close()` it.
struct Transport: Sendable {
    private let http: HTTPClient
    private let clock: any WallClock

    init(through gate: ProxyGate?, _ limits: ConnectionLimits, clock: any WallClock) {
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: limits.configuration(through: gate))
        self.clock = clock
    }

    /// Closes all connections; exchanges under way, and later ones, break.
    func close() async {
        do {
            try await http.shutdown()
        } catch {
            // It is closed already, which is all that is wanted.
        }
    }

    /// Sends a request and reads the answer to its last byte, or gives up after `limit`.
    func send<Broken>(_ request: HTTPClientRequest, limit: Duration, bodyLimit: Int) async -> Exchange<Broken> {
        await withTaskGroup(of: Exchange<Broken>?.self) { race in
            race.addTask { await exchange(request, bodyLimit: bodyLimit) }
            race.addTask {
                do {
                    try await clock.sleep(for: limit)
                    return .broken(.timedOut, nil)
                } catch {
                    return nil  // Cancelled: then how the exchange itself ends is the answer.
                }
            }
            while let finished = await race.next() {
                guard let finished else { continue }
                race.cancelAll()
                return finished
            }
            return .broken(.cancelled, nil)
        }
    }

    private func exchange<Broken>(_ request: HTTPClientRequest, bodyLimit: Int) async -> Exchange<Broken> {
        var headers: AnswerHeaders?
        do {
            let start = clock.steady()
            // The time limit is the race's, as it must cover the body, which this deadline does not.
            let response = try await http.execute(request, deadline: .distantFuture)
            let fields = HeaderFields(response.headers.map { ($0.name, $0.value) })
            let receivedAt = clock.now()
            // Both by the clock as it is now, which may have been stepped since the request was sent.
            let answerHeaders = fields.headers(sentAt: receivedAt - (clock.steady() - start), receivedAt: receivedAt)
            headers = answerHeaders
            let body = try await response.body.collect(upTo: bodyLimit)
            // A body whose reading was cancelled may look as if it had ended.
            try Task.checkCancellation()
            let answer = RawAnswer(
                status: Int(response.status.code), fields: fields, body: Data(body.readableBytesView))
            return .answered(answer, answerHeaders)
        } catch {
            return .broken(Broken(error), headers)
        }
    }
}
