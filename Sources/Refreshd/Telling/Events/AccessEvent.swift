// What happens at the sockets.

package enum AccessEvent: Hashable, Sendable, CaseIterable {
    case refused
    case tokensRead
    case readsUntold
    case tooManyConnections
    case connectionsHeld
    case socketMadeAnew
    case socketLost
    case socketLeft
}

extension AccessEvent {
    private static let peer: [EventField] = [.peerUser, .peerProcess]

    var facts: EventFacts {
        switch self {
        case .refused:
            EventFacts(
                "058c983f62e3423f9c2fa1905e17eb5d", "access-refused", .warning, "Access refused",
                always: Self.peer + [.socket, .right], sometimes: [.peerName, .rule, .project, .user, .provider],
                meaning: """
                    Process @PEER_PID@ of user id @PEER_UID@ may not @RIGHT@ on the socket @SOCKET@ what it asked for.
                    """,
                next: """
                    It was told so and got nothing. Further refusals of this user in this minute are counted; the next \
                    that is told of says how many they were.
                    """,
                remedy: """
                    If it should have it, add a rule to access in the settings; else ask what that program wants. What a user \
                    may, and why:
                        refreshd check --as USER
                    """)
        case .tokensRead:
            EventFacts(
                "c60eb2bb7d78468da9645cb1233337ac", "tokens-read", .info, "Tokens read",
                always: Self.peer + [.socket, .project, .session, .user, .provider], sometimes: [.peerName],
                meaning: """
                    A process of user id @PEER_UID@ reads the tokens of user @USER_ID@ at @PROVIDER@, in project \
                    @PROJECT@.
                    """,
                next: "Further reads of the same grant by the same user are not told of in this hour.")
        case .readsUntold:
            EventFacts(
                "c7c0a720f825455a9b5ac15af171b1e2", "reads-untold", .info, "More reads than are told",
                always: [.count],
                meaning: "@COUNT@ readers of grants were told of in this hour, which is as many as are told.",
                next: "Tokens are served as always; readers are told of again in the next hour.")
        case .tooManyConnections:
            EventFacts(
                "1c76cb263fad446abd4f024f160255e8", "too-many-connections", .warning, "Too many connections",
                always: Self.peer,
                meaning: """
                    A socket has as many connections as it takes, of one user or in all. The first that was refused is of \
                    process @PEER_PID@ of user id @PEER_UID@.
                    """,
                next: """
                    More are refused with an answer that says so, until some are closed; those that are open are served. \
                    It is told again when it happens after five minutes without.
                    """,
                remedy: """
                    See which program opens connections and does not close them:
                        ss -xp | grep refreshd
                    """)
        case .connectionsHeld:
            EventFacts(
                "169951091f484e9c8a036977569f2974", "connections-held", .error, "No connection can be taken",
                always: [.errno],
                meaning: "The system gives refreshd no file or memory for another connection (error number @ERRNO@).",
                next: "Connections that are open are served, new ones wait, and it is tried every second.",
                remedy: """
                    If too many files are open (24), raise LimitNOFILE= in the unit and restart it; else see what uses up \
                    the machine's files or memory.
                        systemctl edit refreshd
                    """)
        case .socketMadeAnew:
            EventFacts(
                "a6920a7b64184ae19504e880b68d2df8", "socket-made-anew", .warning, "A socket was deleted and made anew",
                meaning:
                    "Another program deleted the file of a socket, and apps found nobody there. The message says which.",
                next: "It is made anew, and answers as before.", remedy: "See what deletes files in its folder.")
        case .socketLost:
            EventFacts(
                "09b64451ec554fbb96379fd916f4bba0", "socket-lost", .error, "A socket is gone",
                meaning: """
                    The file of a socket was deleted or replaced, and refreshd cannot make it anew: apps do not reach it \
                    there. The message says which, and why.
                    """,
                next:
                    "Those who are connected are served. Where another file took its place, it is looked for each half minute.",
                remedy: "Do what the message says.")
        case .socketLeft:
            EventFacts(
                "42ea14ed77974a0f917aa30637bf9946", "socket-left", .warning, "A socket of the settings is not served",
                always: [.socket],
                meaning: """
                    The settings name the socket @SOCKET@, and systemd, which passes other token sockets, does not pass it.
                    """,
                next: "Nobody is served there. The sockets that systemd passes are.",
                remedy: """
                    Add a socket unit with FileDescriptorName=@SOCKET@ and start it before refreshd, or take the socket out \
                    of the settings.
                    """)
        }
    }
}
