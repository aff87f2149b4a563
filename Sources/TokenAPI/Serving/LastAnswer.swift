// Ends a connection as soon as its last answer is out: where the app asked for that (`Connection: close`), and where the
// daemon stops. Not before, or the app gets half of it; nor later, when the app has closed its own end: who asks by a new
// connection each time would hold two places (`ConnectionGate`).

import HTTPTypes
import NIOCore
import NIOHTTPTypes

final class LastAnswer: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Requests that came, and whose answers are not on their way.
    private var unanswered = 0
    /// Whether the last request that came is not here to its end. A connection is not closed over the rest of it, which
    /// would reset it, answer and all.
    private var isReading = false
    /// Whether the request that came last asked for the end of the connection.
    private var isAsked = false
    private var isStopping = false
    /// The end of the last answer, which is out when this is done.
    private var lastWritten: EventLoopFuture<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            isReading = true
            isAsked = head.headerFields.saysClose
        case .body: break
        case .end: isReading = false
        }
        context.fireChannelRead(data)
    }

    /// `ChannelShouldQuiesceEvent` goes no further: Hummingbird's `HTTPConnectionStateHandler` would close over an answer
    /// that the app has not read yet.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        if unanswered == 0 { closeWhenWritten(context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        let written = promise ?? context.eventLoop.makePromise()
        lastWritten = written.futureResult
        context.write(data, promise: written)
        // What is no HTTP is answered, and was never a request.
        unanswered = max(0, unanswered - 1)
        if unanswered == 0, isStopping || isAsked && !isReading { closeWhenWritten(context) }
    }

    private func closeWhenWritten(_ context: ChannelHandlerContext) {
        let channel = context.channel
        guard let lastWritten else { return channel.close(promise: nil) }
        lastWritten.whenComplete { _ in channel.close(promise: nil) }
    }
}

extension HTTPFields {
    fileprivate var saysClose: Bool {
        self[values: .connection].contains { value in
            value.split(separator: ",").contains { $0.lowercased().trimmingPrefix(" ") == "close" }
        }
    }
}
