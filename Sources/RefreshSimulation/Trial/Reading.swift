// Readers: what they are served, and that each is answered in time.

import AppwriteModel
import RefreshPolicy

extension Trial {
    mutating func read() {
        guard stage.isRunning, let row = anyRow(), let project = stage.machine.rules.project(row.key.project) else {
            return
        }
        let minValid =
            [Duration.seconds(60), .seconds(60), .seconds(600), .seconds(86_400)].randomElement(using: &dice)
            ?? .seconds(60)
        reads[row.grant, default: 0] += 1
        if let token = row.servable(at: stage.wall, by: project),
            let life = row.remainingLife(at: stage.wall, by: project)
        {
            stage.book.served(token, of: row, wire: stage.wire, serverNow: stage.serverNow, trueTime: stage.now)
            if life >= minValid { return }
        } else {
            stage.book.unserved()
            if case .ended = row.verdict { return }
        }
        let waits = chance(50, &dice)
        ask(
            row.key, Wish(asker: .app, minValid: minValid, waits: waits),
            for: waits ? Int64.random(in: 100...30_000, using: &dice) : nil)
    }

    /// Asks for a refresh, and waits for the outcome or not.
    mutating func ask(_ key: SessionKey, _ wish: Wish, for wait: Int64?) {
        var reader = ReaderID(0)
        if let wait {
            lastReader += 1
            reader = ReaderID(lastReader)
            waiting[reader] = (key, stage.now + wait)
            stage.plan(.readerGone(reader), at: stage.now + wait)
        }
        stage.take(.read(reader, wish, key))
    }

    mutating func answered(_ reply: Machine.Reply) {
        let reader = reply.reader
        guard reader != ReaderID(0) else { return }
        guard let wait = waiting.removeValue(forKey: reader) else {
            return stage.book.note(11, "reader \(reader.number) was answered twice, or too late", at: stage.now)
        }
        // What was sent since is another refresh: heard of together with the answer, where nothing came in between.
        if let row = stage.machine.memory.row(wait.key), row.standing == .refreshing, let sent = row.attempt,
            sent.id <= reply.lastAttempt
        {
            stage.book.note(8, "a reader of \(wait.key) was answered, and no outcome is stored", at: stage.now)
        }
    }

    /// The reader's time is over.
    mutating func leave(_ reader: ReaderID) {
        guard let wait = waiting.removeValue(forKey: reader) else { return }
        stage.take(.readerLeft(reader, wait.key))
    }
}
