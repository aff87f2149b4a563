// Half sentences, as errors and remedies are written, become whole ones.

extension String {
    /// With a capital and a full stop.
    package var sentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
