// What a condition is about, as four columns: a word for its kind, and the names that this kind has.

import GRDB
import RefreshPolicy

extension Condition.Scope {
    enum Word: String, CaseIterable {
        case host
        case project
        case lane
    }

    /// The values of `scope`, `host`, `project` and `provider`, the last three empty where the scope has none.
    var columnValues: [DatabaseValue] {
        let (word, host, project, provider) =
            switch self {
            case .host(let host): (Word.host, host.rawValue, "", "")
            case .project(let project): (Word.project, "", project.rawValue, "")
            case .lane(let lane): (Word.lane, "", lane.project.rawValue, lane.provider.rawValue)
            }
        return [word.rawValue, host, project, provider].map(\.databaseValue)
    }

    /// From a line that begins with these columns.
    init?(storedAs line: Row) {
        guard let word = String.fromDatabaseValue(line[0]).flatMap(Word.init(rawValue:)),
            let host = String.fromDatabaseValue(line[1]), let project = String.fromDatabaseValue(line[2]),
            let provider = String.fromDatabaseValue(line[3])
        else { return nil }
        switch word {
        case .host: self = .host(HostName(host))
        case .project:
            guard let project = ProjectAlias(project) else { return nil }
            self = .project(project)
        case .lane:
            guard let project = ProjectAlias(project), let provider = ProviderName(provider) else { return nil }
            self = .lane(Lane(project: project, provider: provider))
        }
    }
}
