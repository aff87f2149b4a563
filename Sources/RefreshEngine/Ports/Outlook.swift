// The daemon's work as it goes, for an operator who watches it.

package import RefreshPolicy

package struct Outlook: Hashable, Sendable {
    /// First those that want a call now, by their deadlines, then those whose time comes next.
    package let next: [Upcoming]
    /// The oldest first.
    package let latest: [JournalLine]

    package init(next: [Upcoming], latest: [JournalLine]) {
        self.next = next
        self.latest = latest
    }

    package struct Upcoming: Hashable, Sendable {
        package let row: SessionRow
        package let step: NextStep

        package init(row: SessionRow, step: NextStep) {
            self.row = row
            self.step = step
        }
    }
}
