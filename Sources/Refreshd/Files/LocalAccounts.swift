// The users and groups of this machine, by name and by number. A machine may ask a directory service for them, and wait:
// so this is for the start and for the command line, not for requests.

import Glibc

/// Where names become numbers; a test has its own.
package struct LocalAccounts: Sendable {
    package var user: @Sendable (String) -> Sought
    package var group: @Sendable (String) -> Sought
    /// Names that somebody may have meant: those of the machine's own files.
    package var knownUsers: @Sendable () -> [String]
    package var knownGroups: @Sendable () -> [String]

    package init(
        user: @escaping @Sendable (String) -> Sought, group: @escaping @Sendable (String) -> Sought,
        knownUsers: @escaping @Sendable () -> [String] = { [] },
        knownGroups: @escaping @Sendable () -> [String] = { [] }
    ) {
        self.user = user
        self.group = group
        self.knownUsers = knownUsers
        self.knownGroups = knownGroups
    }

    package static let machine = LocalAccounts(
        user: { name in Sought(passwordEntry { getpwnam_r(name, $0, $1, $2, $3) }.map(\.user)) },
        group: { name in Sought(groupEntry { getgrnam_r(name, $0, $1, $2, $3) }.map(\.number)) },
        knownUsers: { names(in: "/etc/passwd") }, knownGroups: { names(in: "/etc/group") })

    /// What is known of a name.
    package enum Sought: Hashable, Sendable {
        case number(UInt32)
        /// There is none of that name. A directory service that is not up yet may know it later.
        case unknown
        /// Who was asked did not answer. The system's word for why.
        case unanswered(String)

        package var number: UInt32? {
            switch self {
            case .number(let number): number
            case .unknown, .unanswered: nil
            }
        }
    }
}

extension LocalAccounts.Sought {
    fileprivate init(_ result: Result<UInt32, Unfound>) {
        self =
            switch result {
            case .success(let number): .number(number)
            // getpwnam_r(3) names these as some of those that mean "not found".
            case .failure(let unfound) where [0, ENOENT, ESRCH, EBADF, EPERM].contains(unfound.number): .unknown
            case .failure(let unfound): .unanswered(String(cString: strerror(unfound.number)))
            }
    }
}

/// Why there is no entry: an error number, 0 where all were asked and none knows it.
private struct Unfound: Error, Hashable {
    let number: Int32
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
        let entry = number.flatMap { number in passwordEntry { getpwuid_r(number, $0, $1, $2, $3) }.found }
        guard let entry = entry ?? passwordEntry({ getpwnam_r(text, $0, $1, $2, $3) }).found else {
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
        passwordEntry { getpwuid_r(number, $0, $1, $2, $3) }.found?.name
    }

    static func name(ofGroup number: UInt32) -> String? {
        groupEntry { getgrgid_r(number, $0, $1, $2, $3) }.found?.name
    }

    private static func passwordEntry(
        _ find: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> Result<(name: String, user: UInt32, group: UInt32), Unfound> {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: entrySize) { memory in
            guard let start = memory.baseAddress else { return .failure(Unfound(number: ENOMEM)) }
            let error = find(&entry, start, memory.count, &found)
            guard error == 0, found != nil else { return .failure(Unfound(number: error)) }
            return .success((String(cString: entry.pw_name), entry.pw_uid, entry.pw_gid))
        }
    }

    private static func groupEntry(
        _ find: (
            UnsafeMutablePointer<Glibc.group>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<Glibc.group>?>
        ) -> Int32
    ) -> Result<(name: String, number: UInt32), Unfound> {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: entrySize) { memory in
            guard let start = memory.baseAddress else { return .failure(Unfound(number: ENOMEM)) }
            let error = find(&entry, start, memory.count, &found)
            guard error == 0, found != nil else { return .failure(Unfound(number: error)) }
            return .success((String(cString: entry.gr_name), entry.gr_gid))
        }
    }

    /// Holds the names of a group's members too: some ten thousand.
    private static let entrySize = 256 * 1024

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

extension Result {
    /// Nil where there is none, for whatever reason.
    fileprivate var found: Success? {
        switch self {
        case .success(let entry): entry
        case .failure: nil
        }
    }
}
