// libFuzzer's way into the targets. It has a `main` of its own, so this is built by `make fuzz` alone.

import Dispatch
import Fuzzing
import Glibc

private let target: Target = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = Target(rawValue: name) else { fatalError("FUZZ_TARGET names no target: \(name)") }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeRawBufferPointer(start: start, count: count))
    let done = DispatchSemaphore(value: 0)
    Task {
        do { try await target.check(bytes) } catch { fatalError("\(error)") }
        done.signal()
    }
    done.wait()
    return 0
}
