// The parameters of a request, read strictly: a wrong one is named, with what was expected, and never quoted, since
// somebody may have put a token there by mistake (law 7).

import Foundation
import RefreshPolicy

/// Every parameter that a path takes.
enum Parameter: String, Sendable {
    case project
    case sessionID = "session_id"
    case user
    case provider
    case providerUID = "provider_uid"
    case minValid = "min_valid"
    case maxWait = "max_wait"
    case standing
    case expiresWithin = "expires_within"
    case failing
    case after
    case limit

    func problem(_ detail: String) -> Problem {
        var problem = Problem(.badParameter, detail: "`\(rawValue)` \(detail)")
        problem.parameter = rawValue
        return problem
    }

    func identifier<Kind: IdentifierKind>(_ text: some StringProtocol) throws(Problem) -> Identifier<Kind> {
        if let identifier = Identifier<Kind>(String(text)) { return identifier }
        let exceptions =
            Kind.refused.isEmpty
            ? "" : ", and not " + Kind.refused.map { "\"\($0)\"" }.joined(separator: " or ")
        throw problem(
            """
            is no valid \(Kind.noun): 1 to \(Kind.longest) letters, digits, dots, underscores and hyphens are \
            expected, the first a letter or digit\(exceptions).
            """)
    }
}

/// A query string in the form of HTML forms: `+` is a space.
struct Query: Sendable {
    private let values: [Parameter: String]

    init(_ query: String?, allowed: [Parameter]) throws(Problem) {
        var values: [Parameter: String] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let parameter = Parameter(rawValue: String(parts[0])), allowed.contains(parameter) else {
                throw Self.unknown(parts[0], allowed)
            }
            guard values[parameter] == nil else { throw parameter.problem("is given twice.") }
            let raw = parts.count == 2 ? parts[1].replacing("+", with: " ") : ""
            guard let value = raw.removingPercentEncoding else {
                throw parameter.problem("is not percent-encoded UTF-8 (RFC 3986).")
            }
            values[parameter] = value
        }
        self.values = values
    }

    /// A foreign string of no fixed grammar, `longest` bytes at most.
    func text(_ parameter: Parameter, longest: Int) throws(Problem) -> String? {
        guard let text = values[parameter] else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw parameter.problem("holds control characters.")
        }
        guard text.utf8.count <= longest else { throw parameter.problem("is longer than \(longest) bytes.") }
        return text
    }

    func identifier<Kind: IdentifierKind>(_ parameter: Parameter) throws(Problem) -> Identifier<Kind>? {
        guard let text = values[parameter] else { return nil }
        return try parameter.identifier(text)
    }

    func required<Kind: IdentifierKind>(_ parameter: Parameter) throws(Problem) -> Identifier<Kind> {
        guard let identifier: Identifier<Kind> = try identifier(parameter) else {
            throw parameter.problem("is missing: a \(Kind.noun) is needed.")
        }
        return identifier
    }

    func seconds(
        _ parameter: Parameter, default standard: Duration, in range: ClosedRange<Duration>
    ) throws(Problem) -> Duration {
        let whole = try number(
            parameter, default: Int(standard.components.seconds),
            in: Int(range.lowerBound.components.seconds)...Int(range.upperBound.components.seconds), of: "seconds")
        return .seconds(whole)
    }

    /// A whole number of `unit` in decimal digits.
    func number(
        _ parameter: Parameter, default standard: Int, in range: ClosedRange<Int>, of unit: String
    ) throws(Problem) -> Int {
        guard let text = values[parameter] else { return standard }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number)
        else {
            throw parameter.problem(
                "is not as expected: a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func standing() throws(Problem) -> Standing? {
        guard let text = values[.standing] else { return nil }
        guard let standing = Standing(rawValue: text) else {
            let known = Standing.allCases.map(\.rawValue).joined(separator: ", ")
            throw Parameter.standing.problem("is none of: \(known).")
        }
        return standing
    }

    func truth(_ parameter: Parameter) throws(Problem) -> Bool {
        switch values[parameter] {
        case nil, "false": false
        case "true": true
        case .some: throw parameter.problem("is neither true nor false.")
        }
    }

    /// Where the page before ended: `project/session_id`; and, in a list by the tokens' ends, the end of the last one.
    func after() throws(Problem) -> (key: SessionKey, end: WallTime?)? {
        guard let text = values[.after] else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let end = parts.count == 3 ? Int64(parts[2]).map(WallTime.init(milliseconds:)) : nil
        guard parts.count == (end == nil ? 2 : 3), let project = ProjectAlias(String(parts[0])),
            let session = SessionID(String(parts[1]))
        else { throw Parameter.after.problem("is not of the form project/session_id, as `next` gave it.") }
        return (SessionKey(project: project, session: session), end)
    }

    private static func unknown(_ name: Substring, _ allowed: [Parameter]) -> Problem {
        // A name is quoted only if it looks like one.
        let isName = name.utf8.count <= 32 && name.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) }
        let said = isName && !name.isEmpty ? "The parameter `\(name)` is" : "One of the parameters is"
        let known = allowed.isEmpty ? "none" : allowed.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        return Problem(.badParameter, detail: "\(said) not known here. Known: \(known).")
    }
}
