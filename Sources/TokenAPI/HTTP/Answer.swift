// An answer before it is written: status, header fields and the whole body.

import Hummingbird
import HummingbirdCore
import NIOCore

struct Answer: Sendable {
    private(set) var head: HTTPResponse
    let content: ByteBuffer

    /// A success.
    init(_ status: HTTPResponse.Status = .ok, _ body: some Encodable) {
        self.init(status, body, type: "application/json")
    }

    /// A token.
    init(_ token: TokenBody) {
        self.init(.ok, token.bytes)
        head.headerFields[.contentType] = "application/json"
    }

    /// A problem, with the header fields that go with it.
    init(_ problem: Problem) {
        self.init(.init(code: problem.status), problem, type: "application/problem+json")
        if let seconds = problem.retryIn { head.headerFields[.retryAfter] = String(seconds) }
        if let methods = problem.allow { head.headerFields[.allow] = methods.joined(separator: ", ") }
        if problem.kind == .unsupportedMediaType { head.headerFields[.accept] = "application/json" }
        if [.tooSlow, .badRequest].contains(problem.kind) { head.headerFields[.connection] = "close" }
    }

    /// Nothing to say but that it was done.
    static let done = Answer(.noContent, ByteBuffer())

    /// An answer to HEAD has the fields of the body and not the body (RFC 9110, 9.3.2).
    func body(for method: HTTPRequest.Method) -> ResponseBody {
        method == .head ? ResponseBody() : ResponseBody(byteBuffer: content)
    }

    /// The bytes of HTTP/1.1 themselves, for a connection that is closed before it speaks HTTP.
    var bytes: ByteBuffer {
        var bytes = ByteBuffer(string: "HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
        for field in head.headerFields { bytes.writeString("\(field.name.rawName): \(field.value)\r\n") }
        bytes.writeString("connection: close\r\n\r\n")
        bytes.writeImmutableBuffer(content)
        return bytes
    }

    private init(_ status: HTTPResponse.Status, _ body: some Encodable, type: String) {
        do {
            let content = ByteBuffer(bytes: try WireCoding.encode(body))
            self.init(status, content)
            head.headerFields[.contentType] = type
        } catch {
            // No body of ours holds anything that JSON cannot say; if one did, the reader would learn that much.
            self.init(.internalServerError, ByteBuffer())
        }
    }

    private init(_ status: HTTPResponse.Status, _ content: ByteBuffer) {
        self.content = content
        head = HTTPResponse(status: status, headerFields: Self.unstored)
        // A 204 must not have a length (RFC 9110, 8.6).
        if status != .noContent { head.headerFields[.contentLength] = String(content.readableBytes) }
    }

    /// RFC 6749, 5.1 asks for both wherever a token may be in the answer; here they are everywhere.
    private static let unstored: HTTPFields = {
        var fields: HTTPFields = [.cacheControl: "no-store"]
        if let pragma = HTTPFields.Element.Name("Pragma") { fields[pragma] = "no-cache" }
        return fields
    }()
}
