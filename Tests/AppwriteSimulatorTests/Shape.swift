// What a JSON body looks like when its values are left aside: its keys, and the kind of each value.
import AppwriteSimulator

/// Texts are told apart as far as a client can stumble: empty ones, and dates in Appwrite's two forms.
indirect enum Shape: Hashable, CustomStringConvertible {
    case null
    case truth
    case number
    case emptyText
    case isoDate
    case justSetDate
    case text
    case list(of: Set<Shape>)
    case object([String: Shape])

    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool: self = .truth
        case .number: self = .number
        case .string(let text): self.init(text: text)
        case .array(let elements): self = .list(of: Set(elements.map(Shape.init)))
        case .object(let members): self = .object(members.mapValues(Shape.init))
        }
    }

    private init(text: String) {
        if text.isEmpty {
            self = .emptyText
        } else if text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00/) != nil {
            self = .isoDate
        } else if text.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/) != nil {
            self = .justSetDate
        } else {
            self = .text
        }
    }

    /// Where this differs from a recorded shape. A list may hold fewer kinds of rows than the recorded one, but is not
    /// empty where that one is not.
    func differences(from recorded: Shape, at path: String = "body") -> [String] {
        switch (self, recorded) {
        case (.object(let mine), .object(let theirs)):
            let names = Set(mine.keys).union(theirs.keys).sorted()
            return names.flatMap { name -> [String] in
                switch (mine[name], theirs[name]) {
                case (let mine?, let theirs?): mine.differences(from: theirs, at: "\(path).\(name)")
                case (_?, nil): ["\(path).\(name) was not recorded"]
                case (nil, _): ["\(path).\(name) is missing"]
                }
            }
        case (.list(let mine), .list(let theirs)):
            if mine.isEmpty != theirs.isEmpty {
                return ["\(path) is \(mine.isEmpty ? "empty" : "not empty"), unlike the recorded one"]
            }
            return mine.flatMap { row -> [String] in
                let perRow = theirs.map { row.differences(from: $0, at: "\(path)[]") }
                return perRow.min { $0.count < $1.count } ?? []
            }
        default:
            return self == recorded ? [] : ["\(path) is \(self), recorded was \(recorded)"]
        }
    }

    var description: String {
        switch self {
        case .null: "null"
        case .truth: "true or false"
        case .number: "a number"
        case .emptyText: "an empty text"
        case .isoDate: "an ISO date"
        case .justSetDate: "a date with a space"
        case .text: "a text"
        case .list: "a list"
        case .object: "an object"
        }
    }
}
