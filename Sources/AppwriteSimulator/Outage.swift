// What stands between a client and Appwrite when Appwrite itself does not answer.

/// Every request under /v1 meets it, for a number of times or until it is ended.
package struct Outage: Sendable, Equatable {
    package var answer: Answer
    /// Nil: until it is ended.
    package var times: Int?

    package init(_ answer: Answer, times: Int? = nil) {
        self.answer = answer
        self.times = times
    }

    package enum Answer: Sendable, Equatable {
        /// A page in HTML with that status, as proxies send.
        case page(status: Int)
        case hangUp
    }

    var reply: HTTPReply {
        switch answer {
        case .hangUp:
            .hangUp
        case .page(let status):
            .answer(
                HTTPAnswer(
                    status: status, headers: [("Content-Type", "text/html")],
                    body: .init("<html><body><h1>\(status)</h1></body></html>".utf8)))
        }
    }
}

package struct OutageForm: Codable, Sendable, Equatable {
    package var answer: Answer?
    package var status: Int?
    package var times: Int?

    package enum Answer: String, Codable, Sendable {
        case page
        case hangUp
    }
}

extension Outage {
    init(_ form: OutageForm) {
        switch form.answer ?? .page {
        case .page: self.init(.page(status: form.status ?? 502), times: form.times)
        case .hangUp: self.init(.hangUp, times: form.times)
        }
    }
}
