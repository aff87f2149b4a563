// One event as one line of text.

import Foundation
import RefreshPolicy
import TokenAPI

enum LogLine {
    /// For people: time, priority, words. Where a message has several lines, so has the text.
    static func text(_ telling: Telling, at time: WallTime) -> String {
        "\(WireTime(time).iso) \(telling.priority) \(telling.message)\n"
    }

    /// For programs: an object on one line, whose names are those of the journal in lower case. What people look for first
    /// comes first.
    static func json(_ telling: Telling, at time: WallTime) -> String {
        var pairs = [
            ("time", string(WireTime(time).iso)), ("level", string("\(telling.priority)")),
            ("priority", "\(telling.priority.rawValue)"), ("message", string(telling.message)),
        ]
        if let kind = telling.kind { pairs.append(("message_id", string(kind.facts.id))) }
        for field in telling.fields {
            let value =
                switch field.name.form {
                case .number: field.value
                case .text, .moment: string(field.value)
                }
            pairs.append((field.name.rawValue.lowercased(), value))
        }
        return "{" + pairs.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}\n"
    }

    private static func string(_ text: String) -> String {
        do {
            return String(decoding: try WireCoding.encode(text), as: UTF8.self)
        } catch {
            preconditionFailure("a string is always JSON")
        }
    }
}
