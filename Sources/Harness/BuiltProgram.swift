// Where the built programs are, and how it is said that one could not be run.

import Glibc

package enum BuiltProgram {
    /// A program beside this one: SwiftPM builds all into one folder, tests too.
    package static func path(_ name: String) throws(HarnessTrouble) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw HarnessTrouble("cannot read /proc/self/exe", errno: errno) }
        let folder = buffer[..<count].prefix(through: buffer[..<count].lastIndex(of: UInt8(ascii: "/")) ?? 0)
        let path = String(decoding: folder, as: UTF8.self) + name
        guard access(path, X_OK) == 0 else {
            throw HarnessTrouble("there is no program \(path): build everything first, as `make` does")
        }
        return path
    }
}

/// Why a program could not be run or asked.
package struct HarnessTrouble: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    init(_ what: String, errno: Int32) {
        description = "\(what): \(String(cString: strerror(errno)))"
    }
}
