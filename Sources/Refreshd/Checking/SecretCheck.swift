// Checks where a key of Appwrite's is kept: there, readable by the daemon and by nobody else, not empty.

import Glibc
import RefreshPolicy
import Systemd
import Vocabulary

struct SecretCheck {
    let subject: Finding.Subject
    let source: SecretSource
    let onlooker: Onlooker

    /// Where the check runs outside of the unit, its credentials are not there.
    private static let credentialAdvice = """
        run it as root while refreshd runs, or say by --credentials in which folder the files lie that LoadCredential= \
        names
        """

    func run() -> (secret: Secret?, finding: Finding) {
        do throws(SecretError) {
            guard let secret = Secret(try source.text()) else {
                return (nil, .error(subject, .settings, "\(source) is empty", "put the key there"))
            }
            return (secret, ownership ?? .fine(subject, "\(source) can be read"))
        } catch {
            switch (error.problem, source) {
            case (.noCredentials, .credential(let name, _)):
                let reason = "the credential “\(name)” is inside the unit only"
                return (nil, .unseen(subject, reason, Self.credentialAdvice))
            case (.refused(let number), .credential(let name, let directory?))
            where [EACCES, EPERM].contains(number) && !onlooker.sees:
                let reason = "\(directory.shown())/\(name) may not be read by this user"
                return (nil, .unseen(subject, reason, Self.credentialAdvice))
            case (.refused(let number), .file(let path)) where [EACCES, EPERM].contains(number) && !onlooker.sees:
                let reason = "\(path.shown()) may not be read by this user, as it should be"
                return (nil, .unseen(subject, reason, Onlooker.rootAdvice))
            default:
                let words = error.description.split(separator: "; ", maxSplits: 1).map(String.init)
                return (nil, .error(subject, .settings, words[0], words.count > 1 ? words[1] : "check it"))
            }
        }
    }

    /// systemd reads a credential for the daemon, whoever owns it.
    private var ownership: Finding? {
        guard case .file(let path) = source else { return nil }
        return onlooker.ownership(of: path, subject, .settings)
    }
}
