// The version, here alone: `refreshd --version` says it, and the package is named by it.

extension RefreshdCommand {
    static let version = "0.9.0"
}
