// All chance in the model: a small generator (SplitMix64) that replays from its seed on every platform.

struct Dice: Sendable, RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func hex(digits: Int) -> String {
        var text = ""
        text.reserveCapacity(digits)
        while text.utf8.count < digits {
            text += paddedHex(next(), digits: 16)
        }
        return String(text.prefix(digits))
    }

    /// An id of Appwrite's kind: the second in hexadecimal, then chance; 20 digits in all.
    mutating func id(now: Milliseconds) -> String {
        paddedHex(UInt64(bitPattern: now / 1000), digits: 8) + hex(digits: 12)
    }
}

private func paddedHex(_ number: UInt64, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
