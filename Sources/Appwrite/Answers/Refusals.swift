// A refusal, told from what only looks like one.

import Foundation
import RefreshPolicy

extension RawAnswer {
    /// What an answer means that is not the one hoped for.
    ///
    /// Only an error in Appwrite's own form is a refusal. Anything else (a proxy's page, a redirect, half a body)
    /// proves nothing: a gateway's 504 may stand for a PATCH that is being carried out. The one exception is a 429,
    /// whoever says it: who limits a call does not pass it on, and a limit is to be obeyed.
    func failure(asked question: Question) -> CallFailure {
        if let error = serverError { return .refused(error.refusal(asked: question)) }
        return status == 429 ? .refused(.rateLimited) : .silent(.notUnderstood)
    }

    /// Nil unless the answer is an error of Appwrite's own form: then the caller takes it for none of Appwrite's.
    private var serverError: ServerError? {
        guard (400...599).contains(status), let wire = try? WireFormat.decode(WireError.self, from: body),
            wire.code == status
        else { return nil }
        return ServerError(status: status, type: wire.type, message: wire.message)
    }
}

private struct WireError: Decodable {
    let message: String
    let code: Int
    let type: String
}
