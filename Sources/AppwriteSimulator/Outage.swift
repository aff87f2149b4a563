// What stands between a client and Appwrite when Appwrite itself does not answer.

/// Every request under /v1 meets it, or those of one route; for a number of times or until it is ended.
package struct Outage: Sendable, Equatable {
    package var answer: Answer
    /// Nil: until it is ended.
    package var times: Int?
    /// Only requests whose path ends in this part, or these, such as "jwts" or "users/anna/sessions"; nil: all.
    package var only: String?

    package init(_ answer: Answer, times: Int? = nil, only: String? = nil) {
        self.answer = answer
        self.times = times
        self.only = only
    }

    package enum Answer: Sendable, Equatable {
        /// A page in HTML with that status, as proxies send.
        case page(status: Int)
        case hangUp
        /// Nothing, until the outage is ended, whatever `times` says; then the connection is closed.
        case silence
    }

    func meets(_ call: HTTPCall) -> Bool {
        only.map { ("/" + call.path.joined(separator: "/")).hasSuffix("/" + $0) } ?? true
    }

    /// What is left of it after one more request has met it.
    var rest: Outage? {
        guard let times, answer != .silence else { return self }
        return times > 1 ? Outage(answer, times: times - 1, only: only) : nil
    }

    var reply: HTTPReply {
        switch answer {
        case .hangUp, .silence:
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
    package var only: String?

    package enum Answer: String, Codable, Sendable {
        case page
        case hangUp
        case silence
    }
}

extension Outage {
    init(_ form: OutageForm) {
        switch form.answer ?? .page {
        case .page: self.init(.page(status: form.status ?? 502), times: form.times, only: form.only)
        case .hangUp: self.init(.hangUp, times: form.times, only: form.only)
        case .silence: self.init(.silence, only: form.only)
        }
    }
}
