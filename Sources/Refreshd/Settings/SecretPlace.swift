// Where a secret is found. Settings name the place and never hold the secret, so that they may be read, copied and
// checked in by anybody (law 7).

package enum SecretPlace: Hashable, Sendable {
    /// A systemd credential, by its name: `LoadCredential=NAME:…` in the unit.
    case credential(String)
    /// A file that only the daemon's user can read, by its path.
    case file(String)
}
