// What happens to the store.

package enum StoreEvent: Hashable, Sendable, CaseIterable {
    case failed
    case recovered
    case damaged
    case leftOpen
    case fileGone
    case fileBack
    case migrating
    case keyChanged
    case keyChangeHeld
}

extension StoreEvent {
    var facts: EventFacts {
        switch self {
        case .failed:
            EventFacts(
                "7e4393268e44456f9c8f693bcfbaa231", "store-failed", .error, "The store fails",
                meaning: "The store of sessions cannot be written or read. The message says why: mostly a full disk.",
                next: """
                    Tokens are served on, nothing is refreshed, nothing is lost, and it is tried again every second. \
                    Operators who want to change something are refused at once.
                    """,
                remedy: "Make room on the disk, or mend what the message names. refreshd then goes on by itself.")
        case .recovered:
            EventFacts(
                "0997644f5c4e4f88bb7cced5f5a6a9c5", "store-recovered", .notice, "The store works again",
                meaning: "What was to be written to the store is written.", next: "Refreshing goes on.")
        case .damaged:
            EventFacts(
                "e84f4ab2a5f84061899e0c18ec4cc89e", "store-damaged", .error, "A stored secret cannot be read",
                meaning: """
                    A token or secret in the store does not unseal: the file was changed by somebody else, or its disk \
                    fails. The message says of which session it is.
                    """,
                next: """
                    It is not used. A token heals by itself, since Appwrite is asked for it; the secret of a registered \
                    session does not.
                    """,
                remedy: """
                    Register again the session whose secret it is. If it was several, look into the kernel's log \
                    (journalctl -k) for faults of the disk, and think of restoring a backup.
                    """)
        case .leftOpen:
            EventFacts(
                "5732979ae7244e0fbf0d62cbcad2c667", "store-left-open", .warning, "The store was not closed tidily",
                meaning: "When refreshd stopped, the store could not be closed in order.",
                next: "Nothing is lost: all was on disk before. The next start goes on from there.")
        case .fileGone:
            EventFacts(
                "abe3afba9c5145a0963ab84b30457bed", "store-file-gone", .error, "A file of the store is gone",
                meaning:
                    "A file of the store was deleted, moved or replaced while refreshd has it open. The message says which.",
                next: """
                    All goes on in the files that are open. Where it is the store itself (sessions.db), what is in it is \
                    lost when refreshd stops; where it is a file beside it, a clean stop writes all into the store.
                    """,
                remedy: "Do what the message says, which hangs on the file, and see what deletes files there.")
        case .fileBack:
            EventFacts(
                "daf043651f8145938709572c30ec687e", "store-file-back", .notice, "The store's files are back",
                meaning: "The files of the store are in their places again.", next: "All is as before.")
        case .migrating:
            EventFacts(
                "243496bef895431c8bd5e5af1ccb640b", "store-migrating", .notice, "The store gets another form",
                meaning: "The store is of an earlier version of refreshd, and is changed into the form of this one.",
                next: """
                    A large one takes minutes, in which readers wait; systemd is asked for the time. An earlier version \
                    does not open it afterwards.
                    """)
        case .keyChanged:
            EventFacts(
                "5e24cfe249424d5ba3e19042c70496a6", "key-changed", .notice, "The store has another key",
                always: [.key],
                meaning: "All of the store is sealed with the key of id @KEY_ID@ now. Nothing else opens it.",
                next: "Tokens were served all the time, and are.",
                remedy: """
                    Keep the former key as long as there are backups that need it. The message says where it is, or, of a \
                    key that comes as a credential, what comes last.
                    """)
        case .keyChangeHeld:
            EventFacts(
                "ae82aa973b3646ca8b3ceb9bcc9af1f9", "key-change-held", .error, "The store's change of keys is held up",
                always: [.key],
                meaning: """
                    The store is being sealed with the key of id @KEY_ID@, and it does not get on. The message says why.
                    """,
                next: """
                    It is tried again every second. Tokens are served; until it is done the store needs both keys.
                    """,
                remedy: "Mend what the message names, and keep both keys where they are.")
        }
    }
}
