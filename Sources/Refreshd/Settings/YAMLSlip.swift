// What was probably meant where a text is no YAML: the parser's own words are about its insides, these about the text.

import Yams

struct YAMLSlip {
    /// Where to look; not always where the parser stumbled.
    let place: SettingsMistake.Place
    /// What is wrong and what to write, without the last full stop.
    let words: String

    /// - Parameters:
    ///   - problem: libyaml's words, as they stand in its scanner and parser.
    ///   - context: what it was at, and where that began.
    init(_ problem: String, _ context: YamlError.Context?, at mark: Mark, in text: String) {
        let place = SettingsMistake.Place(mark)
        let start = context.map { SettingsMistake.Place($0.mark) } ?? place
        let spot = SettingsTextPlaces(text.unicodeScalars)
        if let words = Self.words(for: spot.scalar(at: place), before: spot.scalar(before: place), problem) {
            self.init(place: place, words: words)
            return
        }
        let during = context?.text ?? ""
        switch problem {
        case _ where during.contains("quoted scalar") && problem.contains("unexpected"):
            self.init(place: start, words: "the quote that opens here is not closed. Close it on the same line")
        case _ where during.contains("directive"):
            self.init(place: start, words: "a line that starts with % means something else in YAML. Take it out")
        case "mapping values are not allowed in this context":
            let isSecond = spot.line(of: place, upTo: place).contains(": ")
            self.init(
                place: place,
                words: isSecond
                    ? "the line has a second colon. Put the value into quotes"
                    : "a colon cannot stand here: on the line above, the colon behind the key is missing, or the space "
                        + "behind that colon. Write KEY: VALUE")
        case "could not find expected ':'":
            self.init(
                place: start,
                words: "behind this key the colon is missing, or the space behind the colon. Write KEY: VALUE")
        case "did not find expected key" where during.contains("block mapping"):
            self.init(
                place: place,
                words: "this does not start in the column of the keys above it, or a quote before it is not closed. "
                    + "Keys of one section start in the same column")
        case "did not find expected '-' indicator":
            self.init(
                place: place, words: "this does not start in the column of the dashes above it. Move it there")
        case "block sequence entries are not allowed in this context":
            self.init(
                place: place, words: "a dash cannot stand here. Begin the list on a line of its own, below its key")
        case "did not find expected ',' or '}'", "did not find expected ',' or ']'",
            "did not find expected node content" where during.contains("flow"):
            let opening = problem.contains("content") ? "a bracket" : "the bracket from line \(start.line)"
            self.init(place: place, words: "\(opening) is not closed before this, or a comma is missing")
        case "found unknown escape character":
            self.init(
                place: place,
                words: "between double quotes a backslash begins an escape, and this is none. Use single quotes")
        case _ where problem.contains("another document"):
            self.init(place: place, words: "a second document begins here. Take this line out: the settings are one")
        default:
            let around =
                during.isEmpty ? "" : ", \(during.prefix(1).lowercased() + during.dropFirst()) from line \(start.line)"
            self.init(place: place, words: problem + around)
        }
    }

    private init(place: SettingsMistake.Place, words: String) {
        self.place = place
        self.words = words
    }

    /// For characters that mean something else than is thought.
    private static func words(for scalar: Unicode.Scalar?, before: Unicode.Scalar?, _ problem: String) -> String? {
        switch scalar {
        case "\t": return "a tab stands here. Indent with spaces"
        case "@", "`":
            return problem.contains("cannot start") ? "a text that starts with this character needs quotes" : nil
        default:
            // An alias without a name is told behind its star.
            return scalar == "*" || before == "*" ? "a pattern that starts with * needs quotes" : nil
        }
    }
}

/// The places of a text, by lines that end as libyaml ends them.
struct SettingsTextPlaces {
    private let scalars: String.UnicodeScalarView

    init(_ scalars: String.UnicodeScalarView) {
        self.scalars = scalars
    }

    func index(of place: SettingsMistake.Place) -> String.Index? {
        var line = 1
        var column = 1
        var previous: Unicode.Scalar?
        for index in scalars.indices {
            if line == place.line && column == place.column { return index }
            let scalar = scalars[index]
            let endsLine = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
            if endsLine {
                if !(scalar == "\n" && previous == "\r") { line += 1 }
                column = 1
            } else {
                column += 1
            }
            previous = scalar
        }
        return nil
    }

    func scalar(at place: SettingsMistake.Place) -> Unicode.Scalar? {
        index(of: place).map { scalars[$0] }
    }

    func scalar(before place: SettingsMistake.Place) -> Unicode.Scalar? {
        index(of: place).flatMap { scalars[..<$0].last }
    }

    /// The part of a line that comes before `end`.
    func line(of place: SettingsMistake.Place, upTo end: SettingsMistake.Place) -> String {
        guard let start = index(of: SettingsMistake.Place(line: place.line, column: 1)), let end = index(of: end),
            start <= end
        else { return "" }
        return String(scalars[start..<end])
    }
}
