// The datagrams of sd_notify(3), letter by letter.
import Testing

@testable import Systemd

@Suite("A notice")
struct NoticeTests {
    @Test(
        "is the datagram systemd documents",
        arguments: [
            (Notice.ready(status: "Keeping 12 sessions"), "READY=1\nSTATUS=Keeping 12 sessions"),
            (.status("Waiting for the window"), "STATUS=Waiting for the window"),
            (.reloading(at: .seconds(7) + .microseconds(12)), "RELOADING=1\nMONOTONIC_USEC=7000012"),
            (.stopping(status: "Two calls in flight"), "STOPPING=1\nSTATUS=Two calls in flight"),
            (.watchdog, "WATCHDOG=1"),
            (.extendTimeout(by: .milliseconds(1500)), "EXTEND_TIMEOUT_USEC=1500000"),
            (.failed(errno: 2, status: "No store"), "ERRNO=2\nSTATUS=No store"),
            (.failed(exitStatus: 78, status: "Bad settings"), "EXIT_STATUS=78\nSTATUS=Bad settings"),
        ])
    func datagram(notice: Notice, expected: String) {
        #expect(notice.assignments == expected)
    }

    @Test("cannot be given a second assignment by a line break in a foreign string")
    func foreignStatus() {
        let notice = Notice.status("slow\nMAINPID=1\r\n\u{1B}[31mred\u{85}")

        #expect(notice.assignments == "STATUS=slow MAINPID=1   [31mred ")
    }

    @Test("of a reload carries the monotonic clock, which never goes back")
    func monotonic() {
        let before = monotonicTime()

        #expect(monotonicTime() >= before)
        #expect(before > .zero)
    }
}
