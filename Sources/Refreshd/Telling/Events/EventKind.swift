// The kinds of event. Each has an id that never changes: `journalctl MESSAGE_ID=…` finds its events in any version.

package import RefreshPolicy

/// What an entry of the log is about.
package enum EventKind: Hashable, Sendable, CaseIterable {
    case daemon(DaemonEvent)
    case store(StoreEvent)
    case session(SessionEvent)
    case calls(CallsEvent)
    case access(AccessEvent)
    /// A condition that begins with this cause, or changes to it: what is to be done hangs on the cause.
    case condition(Condition.Cause)
    case conditionEnded

    /// In the order of the manual.
    package static let allCases: [EventKind] =
        SessionEvent.allCases.map(Self.session) + CallsEvent.allCases.map(Self.calls)
        + Condition.Cause.allCases.map(Self.condition) + [.conditionEnded] + AccessEvent.allCases.map(Self.access)
        + StoreEvent.allCases.map(Self.store) + DaemonEvent.allCases.map(Self.daemon)

    package var facts: EventFacts {
        switch self {
        case .daemon(let event): event.facts
        case .store(let event): event.facts
        case .session(let event): event.facts
        case .calls(let event): event.facts
        case .access(let event): event.facts
        case .condition(let cause): cause.facts
        case .conditionEnded: .conditionEnded
        }
    }
}
