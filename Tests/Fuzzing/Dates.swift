// A date is read or it is not; one that is read and written is the same moment.

import RefreshPolicy

@testable import Appwrite
@testable import TokenAPI

func checkDate(_ bytes: [UInt8]) throws(Breach) {
    let text = String(decoding: bytes, as: UTF8.self)
    for time in [ServerTime(iso8601: text), ServerTime(httpDate: text)].compactMap({ $0 }) {
        // The day's end of a zone west of Greenwich is the next day in UTC, also on the last day that four digits hold.
        try require((0...latest + 86_400_000).contains(time.milliseconds), "a time that never is: \(time.milliseconds)")
        if time.milliseconds <= latest {
            try require(ServerTime(iso8601: time.iso8601) == time, "read back as another: \(time.iso8601)")
        }
    }
    if let time = WireTime(iso: text) { try require(time.iso == text, "read as another: \(time.iso)") }

    // And the other way, from eight bytes to a moment, however absurd.
    let number = bytes.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    let written = WireTime(WallTime(milliseconds: number)).iso
    try require(written.utf8.count == 24, "not of its form: \(written)")
    let nearest = min(max(number, -62_167_219_200_000), latest)
    try require(WireTime(iso: written)?.time.milliseconds == nearest, "read back as another: \(written)")
    if (0...latest).contains(number) {
        let time = ServerTime(milliseconds: number)
        try require(ServerTime(iso8601: time.iso8601) == time, "read back as another: \(time.iso8601)")
    }
}
