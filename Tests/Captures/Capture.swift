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

extension Capture {
    /// The servers that were recorded; each is a folder.
    package static let versions = ["1.8.1", "1.9.6"]

    /// Every recorded exchange, by version and then by name.
    package static func all() throws -> [Capture] {
        try versions.flatMap { version in
            let folder = try folder(of: version)
            return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "json" }
                .sorted { $0.lastPathComponent < $1.lastPathComponent }
                .map { try Capture(version: version, file: $0) }
        }
    }

    /// One exchange, such as `load("03-patch-jwt", version: "1.9.6")`.
    package static func load(_ name: String, version: String) throws -> Capture {
        try Capture(version: version, file: try folder(of: version).appending(path: "\(name).json"))
    }

    private static func folder(of version: String) throws -> URL {
        guard let folder = Bundle.module.resourceURL?.appending(path: version) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return folder
    }

    private init(version: String, file: URL) throws {
        guard let recorded = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any],
            let request = recorded["request"] as? [String: Any], let method = request["method"] as? String,
            let path = request["path"] as? String, let asked = request["headers"] as? [String: String],
            let response = recorded["response"] as? [String: Any], let status = response["status"] as? Int,
            let told = response["headers"] as? [String: String], let body = response["body"]
        else { throw CocoaError(.fileReadCorruptFile, userInfo: [NSFilePathErrorKey: file.path]) }
        self.version = version
        self.name = file.deletingPathExtension().lastPathComponent
        self.request = Request(method: method, path: path, headers: asked, body: request["body"] as? String)
        let bytes =
            if let text = body as? String {
                Data(text.utf8)
            } else {
                try JSONSerialization.data(withJSONObject: body, options: [.sortedKeys, .withoutEscapingSlashes])
            }
        self.response = Response(status: status, headers: told, body: bytes)
    }
}
