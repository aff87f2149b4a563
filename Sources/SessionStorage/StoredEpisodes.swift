// What became of a session lately, in one column: it is written with the row and read with the row, and never searched.

import GRDB
import RefreshPolicy

/// One line for each episode: first time, last time, how often, reason and, where there is one, OAuth error code, with
/// tabs between them. No word holds a tab or a line break.
enum StoredEpisodes {
    /// Nil for none.
    static func text(of episodes: [Episode]) -> String? {
        guard !episodes.isEmpty else { return nil }
        return episodes.map { episode in
            let numbers = [episode.first.milliseconds, episode.last.milliseconds, Int64(episode.times)].map(String.init)
            let words = [episode.reason.code.rawValue] + (episode.reason.oauthError.map { [$0.rawValue] } ?? [])
            return (numbers + words).joined(separator: "\t")
        }.joined(separator: "\n")
    }

    /// The same episodes, moved by so many milliseconds: for SQL. What cannot be read stays as it is.
    static let moved = DatabaseFunction("moved_episodes", argumentCount: 2, pure: true) { values in
        guard let text = String.fromDatabaseValue(values[0]), let step = Int64.fromDatabaseValue(values[1]),
            let episodes = read(text)
        else { return values[0] }
        return Self.text(of: episodes.map { $0.shifted(by: .milliseconds(step)) })
    }

    /// Nil where the text is not what is written here.
    static func read(_ text: String) -> [Episode]? {
        var episodes: [Episode] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            guard (4...5).contains(parts.count), let first = Int64(parts[0]), let last = Int64(parts[1]),
                let times = Int(parts[2]), let code = Reason.Code(rawValue: parts[3])
            else { return nil }
            var reason = Reason(code)
            if parts.count == 5 {
                guard let error = OAuthErrorCode(parts[4]) else { return nil }
                reason = Reason(code, oauthError: error)
            }
            episodes.append(
                Episode(
                    reason: reason, times: times, first: WallTime(milliseconds: first),
                    last: WallTime(milliseconds: last)))
        }
        return episodes
    }
}
