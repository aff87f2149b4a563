// A refusal, told from what only looks like one.

import Foundation
import RefreshPolicy

extension RawAnswer {
    /// What an answer means that is not the one hoped for.
    ///
    /// Only an error in Appwrite's own form is a refusal. Anything else (a proxy's page, a redirect, half a body)
    /// proves nothing: a gateway's 504 may stand for a PATCH that is being carried out. The one exception is a 429: who
    /// limits a call does not pass it on. Without Appwrite's rate headers it is the limit of somebody before Appwrite, and
    /// says nothing of Appwrite's own.
    func failure(asked question: Question) -> CallFailure {
        if let error = serverError { return .refused(error.refusal(asked: question)) }
        guard status == 429 else { return .silent(.notUnderstood) }
        return .refused(fields.rate == nil ? .serverFailed(status: status) : .limited(question, status))
    }

    /// The error that the answer is; nil where it is none in Appwrite's own form. Why a body is not in that form makes no
    /// difference: it is not Appwrite's then.
    var wireError: WireError? {
        guard (400...599).contains(status), let error = try? WireFormat.decode(WireError.self, from: body),
            error.code == status
        else { return nil }
        return error
    }

    private var serverError: ServerError? {
        wireError.map { ServerError(status: status, type: $0.type, message: $0.message) }
    }
}

/// An error in Appwrite's form.
struct WireError: Decodable {
    let message: String
    let code: Int
    let type: String
}
