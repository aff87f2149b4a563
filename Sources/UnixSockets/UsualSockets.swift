// Where the sockets are unless somebody says otherwise, for the daemon that listens and the commands that ask.

package enum UsualSockets {
    package static let folder = "/run/refreshd"
    package static let tokenName = "token.sock"
    package static let controlName = "control.sock"

    /// The socket that apps read tokens on.
    package static let token = "\(folder)/\(tokenName)"

    /// How many bytes a socket's path may have: what `sockaddr_un.sun_path` holds, less the zero at its end (unix(7)).
    package static let longestPath = 107
}
