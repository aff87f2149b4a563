// Foreign text made safe to show: names and messages from outside may hold control characters that move a terminal's
// cursor, forge a journal line or hide what was said.

extension String {
    /// This string with everything that is not plainly visible written as `\u{…}`, and cut after `limit` characters.
    package func shown(limit: Int = 200) -> String {
        var shown = ""
        var count = 0
        for scalar in unicodeScalars {
            guard count < limit else { return shown + "…" }
            count += 1
            shown += scalar.isPlainlyVisible ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return shown
    }
}

extension Unicode.Scalar {
    /// Whether a terminal draws it, and nothing else happens: no control, no change of writing direction, no line end.
    fileprivate var isPlainlyVisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
