// The dates of Appwrite and of HTTP: every form that is sent, and nothing absurd.

import Foundation
import RefreshPolicy
import Testing

@testable import Appwrite

@Suite("Dates from the wire") struct ServerDateTests {
    @Test(
        "Each form of Appwrite's is read",
        arguments: [
            ("1970-01-01T00:00:00.000+00:00", 0),
            ("2026-11-23T22:29:38.705+00:00", 1_795_472_978_705),
            ("2026-11-23 22:29:38.705", 1_795_472_978_705),
            ("2026-11-23 22:29:38", 1_795_472_978_000),
            ("2026-11-23T22:29:38Z", 1_795_472_978_000),
            ("2026-11-23T22:29:38.7Z", 1_795_472_978_700),
            ("2026-11-23T22:29:38.705123456+00:00", 1_795_472_978_705),
            ("2026-11-24T00:29:38.705+02:00", 1_795_472_978_705),
            ("2026-11-23T16:59:38.705-05:30", 1_795_472_978_705),
            ("2024-02-29T12:00:00Z", 1_709_208_000_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)])
    func read(text: String, milliseconds: Int64) {
        #expect(ServerTime(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", " ", "now", "2026-11-23", "2026-11-23T22:29", "2026-11-23T22:29:38.", "2026-11-23T22:29:38.Z",
            "2026-11-23T22:29:38+0000", "2026-11-23T22:29:38+00", "2026-11-23T22:29:38+24:00",
            "2026-11-23T22:29:38+00:60", "2026-11-23T22:29:38 UTC", "2026-11-23T22:29:38z", "2026-11-23t22:29:38Z",
            "2026-11-23  22:29:38", " 2026-11-23 22:29:38", "2026-11-23 22:29:38 ", "2026-11-23 22:29:38\n",
            "2026-13-01 00:00:00", "2026-00-01 00:00:00", "2026-01-00 00:00:00", "2026-01-32 00:00:00",
            "2026-02-29 00:00:00", "2100-02-29 00:00:00", "2026-04-31 00:00:00", "2026-11-23 24:00:00",
            "2026-11-23 23:60:00", "2026-11-23 23:59:60", "0000-00-00 00:00:00.000", "1969-12-31 23:59:59",
            "1970-01-01T00:00:00+00:01", "-2026-11-23 22:29:38", "+002026-11-23T22:29:38Z", "12026-11-23 22:29:38",
            "2026-1-23 22:29:38", "２０２６-11-23 22:29:38", "1795472978",
        ])
    func refused(text: String) {
        #expect(ServerTime(iso8601: text) == nil)
    }

    @Test("Every day up to the year 2200 is written and read as the same day")
    func roundTrip() {
        for day in Int64(0)...84_000 {
            let time = ServerTime(milliseconds: day * 86_400_000 + day % 86_400_000)
            #expect(ServerTime(iso8601: time.iso8601) == time)
            guard day % 97 == 0 else { continue }
            let second = Date(timeIntervalSince1970: TimeInterval(time.milliseconds / 1000))
            #expect(time.iso8601.prefix(19) == second.formatted(.iso8601).prefix(19))
        }
    }

    @Test("The Date header is read in the form that may be sent, and in no other")
    func httpDate() {
        #expect(ServerTime(httpDate: "Mon, 23 Nov 2026 21:29:38 GMT")?.milliseconds == 1_795_469_378_000)
        for text in [
            "", "Mon, 23 Nov 2026 21:29:38 UTC", "Mon, 23 Nov 2026 21:29:38 +0000", "Monday, 23-Nov-26 21:29:38 GMT",
            "Mon Nov 23 21:29:38 2026", "Mon, 23 nov 2026 21:29:38 GMT", "Mon, 31 Nov 2026 21:29:38 GMT",
            "Foo, 23 Nov 2026 21:29:38 GMT", "Mon, 3 Nov 2026 21:29:38 GMT", "Mon, 23 Nov 2026 21:29:38 GMT ",
            "Mon, 23 Nov 1960 21:29:38 GMT",
        ] {
            #expect(ServerTime(httpDate: text) == nil, "\(text)")
        }
    }
}
