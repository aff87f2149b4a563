// Whatever is asked on a socket, the answer is what was asked for, or a problem of the form that all problems have.

import Fakes
import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import RefreshEngine
import RefreshPolicy

@testable import TokenAPI

/// The bytes are `METHOD PATH`, and the body after a line's end. What NIO's parser would not let through is left out.
func checkRequest(_ bytes: [UInt8]) async throws(Breach) {
    let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    let words = String(decoding: parts[0], as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
        let method = HTTPRequest.Method(rawValue: String(words[0]))
    else { return }
    var head = HTTPRequest(method: method, scheme: nil, authority: nil, path: String(words[1]))
    head.headerFields[.contentType] = "application/json"
    let body = ByteBuffer(bytes: parts.count == 2 ? Array(parts[1]) : [])
    for routes in [tokenRoutes, controlRoutes] {
        let request = Request(head: head, body: RequestBody(buffer: body))
        let answer = await routes.answer(
            request, from: stranger, limits: Limits(), interruption: Interruption())
        try checkReply(answer)
    }
}

private func checkReply(_ answer: Answer) throws(Breach) {
    let (status, fields) = (answer.head.status.code, answer.head.headerFields)
    let body = Data(answer.content.readableBytesView)
    try require(fields[.cacheControl] == "no-store", "an answer that may be stored")
    if status == 204 { return try require(body.isEmpty, "a body where there is none") }
    try require(fields[.contentLength] == "\(body.count)", "a length that is another's")
    if status < 400 {
        try require(fields[.contentType] == "application/json", "a success of another type")
        // Of what it is made is for others to say; here, that it is JSON.
        return try require((try? JSONSerialization.jsonObject(with: body)) != nil, "a body that is no JSON")
    }
    try require(fields[.contentType] == "application/problem+json", "a failure that is no problem")
    let problem: Problem
    do {
        problem = try WireCoding.decode(from: body)
    } catch {
        throw Breach(description: "a problem that cannot be read")
    }
    try require(problem.kind != nil && problem.status == status, "a problem of another status than its answer")
    try require(problem.detail.hasSuffix("."), "a problem that is no sentence: \(problem.detail)")
    try require(
        problem.detail.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "control characters")
    try require(!problem.detail.contains(canary), "a problem that repeats what may be a secret")
}

/// Stands in samples where somebody may have put a secret by mistake.
private let canary = "CANARY-9f3a"

private struct StillClock: WallClock {
    func now() -> WallTime { WallTime(milliseconds: 1_795_485_784_005) }
    func steady() -> Duration { .zero }
    func sleep(for duration: Duration) async throws(CancellationError) {}
}

private let stranger = Peer(process: 1, user: 65_534, group: 65_534, groups: .known([]))

private var tokenRoutes: Routes {
    let socket = SocketName.token
    return TokenRoutes(
        tokens: ScriptedTokens(.unknownSession),
        registration: Registration(control: control, door: Doorkeeper(), socket: socket, clock: StillClock()),
        door: Doorkeeper(), socket: socket, clock: StillClock()
    ).table
}

private var controlRoutes: Routes {
    ControlRoutes(control: control, door: Doorkeeper(), clock: StillClock()).table
}

private var control: ScriptedControl {
    let now = StillClock().now()
    return ScriptedControl(
        status: EngineStatus(now: now, startedAt: now, projects: [], counts: [], hosts: [], nextWakeAt: nil))
}
