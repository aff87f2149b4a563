// Holds whoever passes until it is opened, and tells when somebody has come.

actor Gate {
    private var isOpen = false
    private var held: [CheckedContinuation<Void, Never>] = []
    private var watchers: [CheckedContinuation<Void, Never>] = []
    private var hasBeenReached = false

    func pass() async {
        hasBeenReached = true
        for watcher in watchers { watcher.resume() }
        watchers = []
        if isOpen { return }
        await withCheckedContinuation { held.append($0) }
    }

    func reached() async {
        if hasBeenReached { return }
        await withCheckedContinuation { watchers.append($0) }
    }

    func open() {
        isOpen = true
        for passer in held { passer.resume() }
        held = []
    }
}
