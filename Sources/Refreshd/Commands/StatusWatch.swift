// `refreshd status --watch`: a calm view of the daemon at work. On a terminal it is drawn over itself; elsewhere there is a
// line for each change.

import RefreshPolicy
import TokenAPI
import Vocabulary

struct StatusWatch {
    let client: SocketClient
    let console: Console
    let json: Bool

    private static let pause: Duration = .seconds(2)
    private static let patience: Duration = .seconds(10)

    private enum Glance: Sendable {
        case seen(OutlookBody, json: String)
        case failed(CommandFailure)
        /// The user has seen enough.
        case left
    }

    /// Ends when the user has it end. A daemon that is not there at the begin is an error; one that goes away later may
    /// be restarting, and is waited for.
    func run() async throws(CommandFailure) {
        var view: any WatchView = LineView(json: json)
        if !json && console.screen() != nil { view = ScreenView() }
        var hasBegun = false
        while true {
            let text: String
            switch await glance() {
            case .left:
                return try console.write(view.end)
            case .failed(let failure):
                guard hasBegun else { throw failure }
                text = view.missed(failure.message, on: console.screen())
            case .seen(let outlook, let json):
                if !hasBegun { try console.write(view.begin) }
                hasBegun = true
                text = view.show(outlook, json, on: console.screen())
            }
            // One write a picture: it never stands half drawn.
            if !text.isEmpty { try console.write(text) }
            guard await console.pause(Self.pause) else { return try console.write(view.end) }
        }
    }

    /// One look at the daemon, ended when the user leaves: a daemon that hangs does not hold them.
    private func glance() async -> Glance {
        await withTaskGroup(of: Glance.self) { group in
            group.addTask { [client] in
                var request = SocketRequest(.get, "/v1/outlook", patience: Self.patience)
                request.add("limit", "20")
                do throws(CommandFailure) {
                    let (body, json) = try await client.ask(request, for: OutlookBody.self)
                    return .seen(body, json: json)
                } catch {
                    return .failed(error)
                }
            }
            group.addTask { [console] in
                while await console.pause(.seconds(3600)), !Task.isCancelled {}
                return .left
            }
            defer { group.cancelAll() }
            return await group.next() ?? .left
        }
    }
}

/// What a watch writes, and when.
protocol WatchView {
    var begin: String { get }
    mutating func show(_ outlook: OutlookBody, _ json: String, on screen: Screen?) -> String
    /// The daemon did not answer, for this reason.
    mutating func missed(_ why: String, on screen: Screen?) -> String
    var end: String { get }
}

/// The picture on a terminal, drawn over the one before.
struct ScreenView: WatchView {
    /// The terminal's second screen, without a cursor: the first comes back as it was (xterm, "alternate screen buffer").
    let begin = "\u{1B}[?1049h\u{1B}[?25l"
    let end = "\u{1B}[?25h\u{1B}[?1049l"
    private var last: OutlookBody?

    mutating func show(_ outlook: OutlookBody, _ json: String, on screen: Screen?) -> String {
        last = outlook
        return picture(WatchPicture(outlook: outlook, trouble: nil), screen)
    }

    mutating func missed(_ why: String, on screen: Screen?) -> String {
        guard let last else { return "" }
        return picture(WatchPicture(outlook: last, trouble: why), screen)
    }

    /// Each line is written over the old one and clears only what is left of it, so that nothing flickers.
    private func picture(_ picture: WatchPicture, _ screen: Screen?) -> String {
        let lines = picture.lines(on: screen ?? Screen(columns: 80))
        return "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
    }
}

/// A line for each change, for files and pipes.
struct LineView: WatchView {
    let json: Bool
    let begin = ""
    let end = ""
    private var lastLine: String?
    private var lastEvent: WireTime?

    init(json: Bool) {
        self.json = json
    }

    mutating func show(_ outlook: OutlookBody, _ json: String, on screen: Screen?) -> String {
        if self.json { return json + "\n" }
        let new = outlook.events.filter { event in lastEvent.map { $0.time < event.at.time } ?? false }
        lastEvent = outlook.events.last?.at ?? lastEvent ?? outlook.status.startedAt
        var lines = new.map { "\($0.at.iso) \($0.level): \($0.text.shown(limit: 1000))" }
        let line = WatchPicture.summary(of: outlook.status)
        if line != lastLine { lines.append("\(outlook.status.now.iso) \(line)") }
        lastLine = line
        return lines.map { $0 + "\n" }.joined()
    }

    mutating func missed(_ why: String, on screen: Screen?) -> String {
        guard !json, why != lastLine else { return "" }
        lastLine = why
        return why + "\n"
    }
}
