// One HTTP exchange, within its time and its size. Nothing is repeated here and no redirect is followed: retrying is
// the scheduler's, and a PATCH sent twice breaks law 4.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RefreshEngine
import RefreshPolicy

/// What came of sending a request.
enum Exchange: Sendable {
    case answered(RawAnswer, AnswerHeaders)
    /// Headers are there where the answer broke off in its body.
    case broken(BrokenCall, AnswerHeaders?)
}

struct Transport: Sendable {
    let http: HTTPClient
    let clock: any WallClock

    /// Sends a request and reads the answer to its last byte, or gives up after `limit`.
    func send(_ request: HTTPClientRequest, limit: Duration, bodyLimit: Int) async -> Exchange {
        await withTaskGroup(of: Exchange?.self) { race in
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

    private func exchange(_ request: HTTPClientRequest, bodyLimit: Int) async -> Exchange {
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
            return .broken(BrokenCall(error), headers)
        }
    }
}
