// Seals the store with another key while all goes on, and sees one through that an earlier run or a killed command began:
// a next key that lies beside the key, or comes as a credential of its own, is one to go over to.

import RefreshEngine
import RefreshPolicy
import ServiceLifecycle
import SessionStorage
import Synchronization

/// Runs until graceful shutdown; what is not done by then is gone on with at the next start.
final class KeyKeeper: KeyChanging, Service {
    /// Where the daemon gets its key.
    enum Place: Hashable, Sendable {
        case files(KeyFiles)
        case credential(name: String)
    }

    private let store: SQLiteStore
    private let place: Place
    private let clock: any WallClock
    private let log: Log
    private let current: Mutex<KeyChangeState>
    private let (wishes, wish) = AsyncStream.makeStream(of: SealingKey.self)
    /// Files of keys are on disk before anything goes on, and a disk may take its time.
    private let files = BlockingWork("refreshd.keys")

    /// Between two transactions others are let write.
    private static let breath: Duration = .milliseconds(2)
    private static let pause: Duration = .seconds(1)

    init(of store: SQLiteStore, _ keys: StoreKeys, from place: Place, clock: any WallClock, log: Log) {
        self.store = store
        self.place = place
        self.clock = clock
        self.log = log
        var state = KeyChangeState(key: store.keyID.description)
        state.changingTo = keys.next?.id.description
        current = Mutex(state)
        if let next = keys.next { wish.yield(next) }
    }

    var state: KeyChangeState { current.withLock { $0 } }

    func begin() async throws(KeyRefusal) {
        guard case .files(let keyFiles) = place else { return try beginWithCredential() }
        _ = try await files.run { () throws(KeyRefusal) in try self.begin(with: keyFiles) }
    }

    private func begin(with keyFiles: KeyFiles) throws(KeyRefusal) {
        let next: SealingKey
        do throws(OpenError) {
            next = try keyFiles.makeNext()
        } catch {
            throw KeyRefusal("\(error) The store keeps its key.")
        }
        let isNew = current.withLock { state in
            guard state.changingTo == nil else { return false }
            state = KeyChangeState(key: state.key)
            state.changingTo = next.id.description
            return true
        }
        if isNew { wish.yield(next) }
    }

    /// With a next credential beside it the key is changed already, or being changed.
    private func beginWithCredential() throws(KeyRefusal) {
        guard case .credential(let name) = place, state.changingTo == nil, state.remark == nil else { return }
        throw KeyRefusal(Self.steps(name))
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            for await next in wishes { await change(to: next) }
        }
    }

    private func change(to next: SealingKey) async {
        var change = KeyChange(of: store, to: next)
        var isSealed = false
        while !isSealed {
            do throws(StoreError) {
                isSealed = try await !change.step()
                current.withLock { [rows = change.rows, unopened = change.unopened] state in
                    (state.sealed, state.unopened, state.failure) = (rows, unopened, nil)
                }
            } catch {
                if Task.isCancelled { return }
                fail(error.words, next)
            }
            do { try await clock.sleep(for: state.failure == nil ? Self.breath : Self.pause) } catch { return }
        }
        var remark = await files.run { self.settle(next) } ?? nil
        while remark == nil {
            do { try await clock.sleep(for: Self.pause) } catch { return }
            remark = await files.run { self.settle(next) } ?? nil
        }
        let words = "the store is sealed with the key \(next.id) now. \(remark ?? "")"
        current.withLock { state in
            state.key = next.id.description
            state.changingTo = nil
            state.failure = nil
            state.remark = remark
        }
        log.tell(Telling(.store(.keyChanged), words).with(.key, next.id.description))
    }

    /// Puts the key in its place. Gives what is to be said of that; nil where it failed.
    private func settle(_ next: SealingKey) -> String? {
        switch place {
        case .credential(let name): return Self.lastStep(name)
        case .files(let files):
            do throws(OpenError) {
                guard let main = try SealingKey.load(files.path) else {
                    throw OpenError.keyMissing(key: files.path, store: store.path)
                }
                guard main.id != next.id else { return "It is in \(files.path.shown())." }
                let kept = try files.settle(former: main.id)
                return """
                    It is in \(files.path.shown()). The former key is kept in \(kept.shown()): backups made before need \
                    it. Remove it when there are none.
                    """
            } catch {
                fail(error.description, next)
                return nil
            }
        }
    }

    /// Told once for each cause.
    private func fail(_ words: String, _ next: SealingKey) {
        let isNew = current.withLock { state in
            defer { state.failure = words }
            return state.failure != words
        }
        guard isNew else { return }
        log.tell(
            Telling(
                .store(.keyChangeHeld),
                "the store's change for the key \(next.id) does not get on, and is tried again: \(words)"
            ).with(.key, next.id.description))
    }

    /// How a key gets there that the daemon cannot write.
    static func steps(_ name: String) -> String {
        """
        The key comes as the credential \(name), which refreshd cannot write. So that the store is never without its key: \
        1. Make another: refreshd key new | systemd-creds encrypt --name=\(name)-next - /etc/refreshd/\(name)-next.cred \
        2. Add LoadCredentialEncrypted=\(name)-next:/etc/refreshd/\(name)-next.cred to the unit, beside that of \(name), \
        and restart refreshd: it seals everything anew while it runs. 3. Run this again: it says when that is done, and \
        what comes last.
        """
    }

    private static func lastStep(_ name: String) -> String {
        """
        It comes as the credential \(name)-next, and must come as \(name): systemd-creds decrypt --name=\(name)-next \
        /etc/refreshd/\(name)-next.cred - | systemd-creds encrypt --name=\(name) - /etc/refreshd/\(name).cred, having kept \
        the former \(name).cred, which backups made before need. Then take \(name)-next out of the unit, and restart \
        refreshd.
        """
    }
}
