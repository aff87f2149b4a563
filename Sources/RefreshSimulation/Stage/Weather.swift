// What the wire does to calls, and what may be wrong with it.

/// What the wire does to calls.
package struct Weather: Sendable {
    /// Milliseconds on the way, one way.
    package var travel: ClosedRange<Int64> = 5...60
    /// Milliseconds that a PATCH takes at Appwrite and its provider.
    package var work: ClosedRange<Int64> = 50...900
    /// How long the client waits for a PATCH.
    package var patience: Int64 = 30_000
    /// Nothing gets through.
    package var isCut = false
    /// Looks and PATCHes in a thousand whose answer is lost.
    package var lostLooks = 0
    package var lostAnswers = 0
    /// A proxy that does not hand on the rate headers.
    package var stripsRateHeaders = false

    package init() {}
}
