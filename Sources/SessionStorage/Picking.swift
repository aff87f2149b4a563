// Who is to be worked on, found at a cost that does not grow with the sessions: lane by lane, and in no lane that is
// held, entries of an index are merged; only the rows that win are read, since to open a row's secrets costs more than
// to find it.

import GRDB
import RefreshPolicy

struct Picking {
    let database: Database
    /// Where calls are short, those that are kept are fewer than this: then all of them are looked at, since in the order
    /// asked for there may be a great many before them. Where there are more, they are soon met in any order.
    var few = 2000

    func rows<Value>(for errand: Errand, _ value: (StoredRow) throws -> Value) throws -> [Value] {
        guard errand.limit > 0 else { return [] }
        let entries = try entries(for: errand).filter { !errand.passesOver($0) }
        return try entries.prefix(errand.limit).flatMap { try SessionQuery.at($0.value).rows(from: database, value) }
    }

    func contenders(in projects: [ProjectAlias], limit: Int) throws -> [Contender] {
        let merge = RankedMerge(order: .falling, limit: limit)
        let contenders = try merge.first(of: projects) { project, limit, last in
            try ranked(ClaimWalk.contenders, [project.rawValue, last ?? .min, limit], in: project) { line, priority in
                guard let period = Int64.fromDatabaseValue(line[2]) else {
                    throw UnreadableRow(key: nil, column: SessionColumn.period.name)
                }
                let claim = Claim(
                    priority: Heat(asOneReadAt: WallTime(milliseconds: priority)), period: .milliseconds(period))
                return Contender(claim: claim, want: time(line[3]), wakeAt: time(line[4]))
            }
        }
        return contenders.map(\.value)
    }

    private func entries(for errand: Errand) throws -> [Ranked<Int64>] {
        switch errand.order {
        case .kept(nil): return try first(.wanting(from: nil), for: errand)
        case .kept(let floor?):
            if let found = try fewWanting(from: floor, for: errand) { return found }
            return try first(.wanting(from: floor), for: errand)
        case .rest(let floor): return try first(.wantingBelow(floor), for: errand)
        case .early(let floor, let before):
            if let floor, let found = try fewFresh(from: floor, before: before, for: errand) { return found }
            return try first(.fresh(from: floor, before: before), for: errand)
        }
    }

    private func first(_ walk: LaneWalk, for errand: Errand) throws -> [Ranked<Int64>] {
        let lanes = try openLanes(of: walk, for: errand)
        return try RankedMerge(order: walk.order, limit: errand.reach).first(of: lanes) { lane, limit, last in
            try places(walk, in: lane, upTo: last, limit: limit)
        }
    }

    /// Nil where they are not few.
    private func fewWanting(from floor: Heat, for errand: Errand) throws -> [Ranked<Int64>]? {
        let walk = LaneWalk.wantingFew(from: floor)
        let lanes = try openLanes(of: walk, for: errand)
        var left = few
        for lane in lanes {
            left -= try count(walk.countQuery, walk.arguments(in: lane, upTo: nil, limit: left))
            if left <= 0 { return nil }
        }
        let found = try lanes.flatMap { try places(walk, in: $0, upTo: nil, limit: few) }
        return Array(found.sorted(by: walk.order.isBefore).prefix(errand.reach))
    }

    /// Nil where those from the floor up are not few. What is fresh is most of all rows, so that they are looked at by
    /// the one index that holds all who lay claim to calls.
    private func fewFresh(from floor: Heat, before: WallTime, for errand: Errand) throws -> [Ranked<Int64>]? {
        let least = floor.asOneReadAt.milliseconds
        var left = few
        for project in errand.projects {
            left -= try count(ClaimWalk.count, [project.rawValue, least, left])
            if left <= 0 { return nil }
        }
        let held = Set(errand.held)
        let found = try errand.projects.flatMap { project in
            try ranked(ClaimWalk.fresh, [project.rawValue, least, before.milliseconds], in: project) { line, _ in
                (lane: try lane(line[3], of: project), place: try place(line[2]))
            }
        }
        let open = found.filter { !held.contains($0.value.lane) }.map { entry in
            Ranked(rank: entry.rank, project: entry.project, session: entry.session, value: entry.value.place)
        }
        return Array(open.sorted(by: RankOrder.rising.isBefore).prefix(errand.reach))
    }

    private func count(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try Int.fetchOne(database.cachedStatement(sql: sql), arguments: arguments) ?? 0
    }

    private func openLanes(of walk: LaneWalk, for errand: Errand) throws -> [Lane] {
        let held = Set(errand.held)
        return try errand.projects.flatMap { project in
            try DatabaseValue.fetchAll(
                database.cachedStatement(sql: walk.lanesQuery), arguments: ["project": project.rawValue]
            ).map { try lane($0, of: project) }
        }.filter { !held.contains($0) }
    }

    private func places(
        _ walk: LaneWalk, in lane: Lane, upTo last: Int64?, limit: Int
    ) throws -> [Ranked<Int64>] {
        try ranked(walk.query, walk.arguments(in: lane, upTo: last, limit: limit), in: lane.project) { line, _ in
            try place(line[2])
        }
    }

    /// Lines that begin with a rank and a session id.
    private func ranked<Value>(
        _ sql: String, _ arguments: StatementArguments, in project: ProjectAlias, value: (Row, Int64) throws -> Value
    ) throws -> [Ranked<Value>] {
        var entries: [Ranked<Value>] = []
        let lines = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        while let line = try lines.next() {
            guard let rank = Int64.fromDatabaseValue(line[0]), let session = String.fromDatabaseValue(line[1]) else {
                throw UnreadableRow(key: nil, column: SessionColumn.sessionID.name)
            }
            let value = try value(line, rank)
            entries.append(Ranked(rank: rank, project: project, session: session, value: value))
        }
        return entries
    }

    private func lane(_ provider: DatabaseValue, of project: ProjectAlias) throws -> Lane {
        guard let provider = String.fromDatabaseValue(provider).flatMap({ ProviderName($0) }) else {
            throw UnreadableRow(key: nil, column: SessionColumn.provider.name)
        }
        return Lane(project: project, provider: provider)
    }

    private func place(_ id: DatabaseValue) throws -> Int64 {
        guard let id = Int64.fromDatabaseValue(id) else { throw UnreadableRow(key: nil, column: "id") }
        return id
    }

    private func time(_ value: DatabaseValue) -> WallTime? {
        Int64.fromDatabaseValue(value).map(WallTime.init(milliseconds:))
    }
}

extension Errand {
    /// As many entries are read: those under way may all be among the first.
    fileprivate var reach: Int { limit + underWay.count }

    fileprivate func passesOver(_ entry: Ranked<Int64>) -> Bool {
        guard let session = SessionID(entry.session) else { return false }
        return underWay.contains(SessionKey(project: entry.project, session: session))
    }
}
