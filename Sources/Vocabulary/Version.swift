// The version, here alone: the programs say it by --version, and the package is named by it.

package enum Version {
    package static let text = "0.9.0"
}
