// What cannot be undone is tried in a process of its own.
import Foundation
import Hardening
import Testing

@Suite("A hardened process", .timeLimit(.minutes(10)))
struct HardeningTests {
    @Test("leaves no core dump, and its memory is closed to other processes of its user")
    func hardened() async {
        await #expect(processExitsWith: .success) {
            try hardenProcess()

            let limits = try String(contentsOfFile: "/proc/self/limits", encoding: .utf8)
            let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(core?.split(whereSeparator: \.isWhitespace).dropFirst(4).prefix(2) == ["0", "0"])
            #expect(try dumpable() == 0)
        }
    }

    @Test("dies of a crash at once, before any handler could write about it")
    func crash() async {
        await #expect(processExitsWith: .signal(SIGABRT)) {
            signal(SIGABRT) { _ in _exit(EXIT_SUCCESS) }

            try hardenProcess()

            abort()
        }
    }
}

/// The kernel's own word. `prctl` is variadic, so Swift does not import it: it is looked up by name.
private func dumpable() throws -> Int32 {
    let getDumpable: Int32 = 3  // PR_GET_DUMPABLE
    typealias Prctl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
    let prctl = unsafeBitCast(try #require(dlsym(nil, "prctl")), to: Prctl.self)
    return prctl(getDumpable, 0, 0, 0, 0)
}
