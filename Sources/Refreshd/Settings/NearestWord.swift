// The word that was probably meant, for a word that is not known.

enum NearestWord {
    /// The known word with the fewest slips from `word`, where they are few enough to be slips: case, `_` and `-` are
    /// none, so `api_key_file` means `apiKeyFile`.
    static func to(_ word: String, among known: [String]) -> String? {
        let letters = plain(word)
        // Long foreign keys are nobody's slip, and the distance costs the product of the lengths.
        guard letters.count <= 64 else { return nil }
        let ranked = known.map { (word: $0, slips: slips(letters, plain($0))) }
        guard let best = ranked.min(by: { $0.slips < $1.slips }), best.slips <= max(1, letters.count / 4) else {
            return nil
        }
        return best.word
    }

    private static func plain(_ word: String) -> [Character] {
        word.lowercased().filter { $0 != "_" && $0 != "-" }
    }

    /// How many letters are missing, too many, wrong or swapped with their neighbour (optimal string alignment).
    private static func slips(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var least = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
