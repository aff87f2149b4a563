// Checks what Appwrite lets a project's API key do: too little is an error, too much a risk.

import Appwrite
import RefreshPolicy

struct AccessCheck {
    let project: AppwriteProject
    /// That the calls go through; nil where they go straight.
    let proxy: Proxy?
    let probe: Probe
    /// Whether a key is set, though it may not have been seen.
    let namesKey: Bool

    /// And whether sessions can be read.
    func run() async -> (findings: [Finding], readsUsers: Bool) {
        switch await probe.projectAnswer() {
        case .unknown:
            let found = "Appwrite knows no project \(project.projectID)"
            return ([.error(.project, .settings, found, "copy the project's id from Appwrite's console")], false)
        case .unclear(let unclear):
            return ([unclear.finding(.project, asking: "whether the project is known", through: proxy)], false)
        case .switchedOff:
            let found = "the service Account is switched off in the project \(project.projectID): nothing is refreshed"
            let advice = "switch it on in the project's settings at Appwrite"
            return await keys(after: .error(.project, .unavailable, found, advice))
        case .known:
            return await keys(after: .fine(.project, "Appwrite knows the project \(project.projectID)"))
        }
    }

    private func keys(after known: Finding) async -> ([Finding], readsUsers: Bool) {
        guard let key = project.apiKey else {
            guard !namesKey else { return ([known], false) }
            let found = "there is no API key: sessions must be registered one by one"
            let advice = "by \"refreshd session add\"; or give it an API key, and they are found by themselves"
            return ([known, .hint(.apiKey, found, advice)], false)
        }
        let (findings, readsUsers) = await scopes(key)
        return ([known] + findings, readsUsers)
    }

    private func scopes(_ key: Secret) async -> ([Finding], readsUsers: Bool) {
        let (reads, mints) = (await probe.mayReadUsers(key), await probe.mayMintTokens(key))
        for answer in [reads, mints] {
            switch answer {
            case .keyUnknown:
                let found = "Appwrite does not take the API key: it was deleted, or is another project's"
                let advice = "make one in Appwrite's console with the scopes users.read and users.write"
                return ([.error(.scopes, .noPermission, found, advice)], false)
            case .keyExpired:
                let advice = "make a new one in Appwrite's console with the scopes users.read and users.write"
                return ([.error(.scopes, .noPermission, "the API key has expired", advice)], false)
            case .unclear(let unclear):
                return ([unclear.finding(.scopes, asking: "what the API key may do", through: proxy)], false)
            case .allowed, .scopeMissing: break
            }
        }
        let lacking = [(reads, "users.read"), (mints, "users.write")].filter { $0.0 == .scopeMissing }.map(\.1)
        guard lacking.isEmpty else {
            let names = lacking.joined(separator: " and ")
            let without = lacking.contains("users.read") ? "no session is found" : "nothing is refreshed"
            let found = "the API key lacks the scope\(lacking.count > 1 ? "s" : "") \(names): \(without)"
            return (
                [.error(.scopes, .noPermission, found, "give the key \(names) in Appwrite's console")],
                reads == .allowed
            )
        }
        let needless = await probe.needlessScopes(key)
        guard needless.isEmpty else {
            let found = "the API key has the scopes it needs, and others: \(needless.joined(separator: ", "))"
            let advice = "take from it all but users.read and users.write: whoever gets the key has them"
            return ([.hint(.scopes, found, advice)], true)
        }
        return ([.fine(.scopes, "the API key has the scopes users.read and users.write")], true)
    }
}

extension Unclear {
    fileprivate func finding(
        _ subject: Finding.Subject, asking question: String, through proxy: Proxy?
    ) -> Finding {
        switch self {
        case .status(let status):
            let reason = "Appwrite answered HTTP \(status) when asked \(question)"
            return .unseen(subject, reason, "see the log of the server")
        case .silent(let trouble):
            let words = trouble.words("it", "the server", through: proxy)
            return .unseen(subject, "\(question), as the answer did not come: \(words)", "try again")
        }
    }
}
