// The users and groups of this machine, by name and by number. A machine may ask a directory service for them, and wait:
// so this is for the start and for the command line, not for requests.

import Glibc

/// Where names become numbers; a test has its own.
package struct LocalAccounts: Sendable {
    /// Nil where there is none of that name.
    package var user: @Sendable (String) -> UInt32?
    package var group: @Sendable (String) -> UInt32?
    /// Names that somebody may have meant: those of the machine's own files.
    package var knownUsers: @Sendable () -> [String]
    package var knownGroups: @Sendable () -> [String]

    package init(
        user: @escaping @Sendable (String) -> UInt32?, group: @escaping @Sendable (String) -> UInt32?,
        knownUsers: @escaping @Sendable () -> [String] = { [] },
        knownGroups: @escaping @Sendable () -> [String] = { [] }
    ) {
        self.user = user
        self.group = group
        self.knownUsers = knownUsers
        self.knownGroups = knownGroups
    }

    package static let machine = LocalAccounts(
        user: { number(ofUser: $0) }, group: { number(ofGroup: $0) }, knownUsers: { names(in: "/etc/passwd") },
        knownGroups: { names(in: "/etc/group") })
}

extension LocalAccounts {
    /// A user with its groups.
    struct Member: Hashable, Sendable {
        let name: String?
        let user: UInt32
        let group: UInt32
        /// Beside its own.
        let groups: Set<UInt32>
    }

    /// Who a process of this user is, as a login of it would begin. Nil where there is no such user; a number without a
    /// name is a user in no group but that of the same number.
    static func member(_ text: String) -> Member? {
        let number = UInt32(text)
        let entry = number.map { number in passwordEntry { getpwuid_r(number, $0, $1, $2, $3) } }
        guard let entry = entry ?? passwordEntry({ getpwnam_r(text, $0, $1, $2, $3) }) else {
            return number.map { Member(name: nil, user: $0, group: $0, groups: []) }
        }
        // As many as Linux allows (NGROUPS_MAX).
        var groups = [gid_t](repeating: 0, count: 65_536)
        var count = Int32(groups.count)
        guard getgrouplist(entry.name, entry.group, &groups, &count) >= 0 else { return nil }
        let others = Set(groups.prefix(Int(count))).subtracting([entry.group])
        return Member(name: entry.name, user: entry.user, group: entry.group, groups: others)
    }

    /// Nil where the number has no name.
    static func name(ofUser number: UInt32) -> String? {
        passwordEntry { getpwuid_r(number, $0, $1, $2, $3) }?.name
    }

    static func name(ofGroup number: UInt32) -> String? {
        groupEntry { getgrgid_r(number, $0, $1, $2, $3) }?.name
    }

    private static func passwordEntry(
        _ find: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> (name: String, user: UInt32, group: UInt32)? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: entrySize) { memory in
            guard let start = memory.baseAddress, find(&entry, start, memory.count, &found) == 0, found != nil else {
                return nil
            }
            return (String(cString: entry.pw_name), entry.pw_uid, entry.pw_gid)
        }
    }

    private static func groupEntry(
        _ find: (
            UnsafeMutablePointer<Glibc.group>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<Glibc.group>?>
        ) -> Int32
    ) -> (name: String, number: UInt32)? {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: entrySize) { memory in
            guard let start = memory.baseAddress, find(&entry, start, memory.count, &found) == 0, found != nil else {
                return nil
            }
            return (String(cString: entry.gr_name), entry.gr_gid)
        }
    }

    /// Holds the names of a group's members too: some ten thousand.
    private static let entrySize = 256 * 1024

    private static func number(ofUser name: String) -> UInt32? {
        passwordEntry { getpwnam_r(name, $0, $1, $2, $3) }?.user
    }

    private static func number(ofGroup name: String) -> UInt32? {
        groupEntry { getgrnam_r(name, $0, $1, $2, $3) }?.number
    }

    /// The first fields of the lines; none where it cannot be read.
    private static func names(in file: String) -> [String] {
        do throws(FileTrouble) {
            let bytes = try BoundedFile.read(file, limit: 1024 * 1024)
            return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
                String(validating: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
            }
        } catch {
            return []
        }
    }
}
