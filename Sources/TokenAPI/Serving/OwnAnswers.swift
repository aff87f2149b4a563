// What is no HTTP is answered by Hummingbird itself, with a bare 400. Whoever sent it is told what was wrong, in the form
// of every other problem.

import HummingbirdCore
import NIOCore
import NIOHTTPTypes

final class OwnAnswers: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let badRequest = Answer(
        Problem(
            .badRequest,
            detail: """
                This is no request of HTTP/1.1, or its head (path, query and header fields) is larger than \
                \(Limits().head / 1024) KiB or has more than \(Limits.headerFields) fields. Nothing was done, and the \
                connection is closed.
                """))

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Every answer of ours says that it must not be stored.
        guard case .head(let head) = unwrapOutboundIn(data), head.headerFields[.cacheControl] == nil else {
            return context.write(data, promise: promise)
        }
        context.write(wrapOutboundOut(.head(Self.badRequest.head)), promise: nil)
        context.write(wrapOutboundOut(.body(Self.badRequest.content)), promise: promise)
    }
}
