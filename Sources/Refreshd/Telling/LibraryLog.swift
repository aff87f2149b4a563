// What the sockets, and the libraries under them, have to say goes into the same log as everything else.

import Logging
import TokenAPI
import Vocabulary

/// A swift-log handler in front of the daemon's log.
struct LibraryLog: LogHandler {
    let log: Log
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .warning

    init(_ log: Log) {
        self.log = log
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var metadata = event.metadata ?? [:]
        let named = metadata.removeValue(forKey: SocketEvent.key).flatMap { SocketEvent(rawValue: "\($0)") }
        let details = metadata.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        // A library may repeat what a peer sent.
        let words = (details.isEmpty ? "\(event.message)" : "\(event.message) (\(details))").shown(limit: 2000)
        guard let named else { return log.tell(Telling(ofLibrary: Telling.Priority(event.level), words)) }
        var telling = Telling(.access(AccessEvent(named)), words)
        let fields: [(String, EventField)] = [("user", .peerUser), ("process", .peerProcess), ("errno", .errno)]
        for (key, field) in fields {
            if let value = metadata[key] { telling.add(field, "\(value)") }
        }
        log.tell(telling)
    }
}

extension AccessEvent {
    fileprivate init(_ event: SocketEvent) {
        self =
            switch event {
            case .tooManyConnections: .tooManyConnections
            case .connectionsHeld: .connectionsHeld
            }
    }
}

extension Telling.Priority {
    /// Nothing is told below `info`.
    init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace, .debug, .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error, .critical: .error
            }
    }
}
