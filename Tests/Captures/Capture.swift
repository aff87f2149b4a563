// Raw exchanges with real Appwrite servers, 1.8.1 and 1.9.6: what the simulator and the decoding are held against.
package import Foundation

/// One recorded request and the response that a real Appwrite gave.
package struct Capture: Sendable {
    /// The folder: `1.8.1` or `1.9.6`.
    package let version: String
    /// The file's name without `.json`; it says the case.
    package let name: String
    package let request: Request
    package let response: Response

    package struct Request: Sendable {
        package let method: String
        /// Path and query, as sent.
        package let path: String
        package let headers: [String: String]
        package let body: String?
    }

    package struct Response: Sendable {
        package let status: Int
        package let headers: [String: String]
        /// The body as bytes; JSON is re-encoded.
        package let body: Data
    }
}
