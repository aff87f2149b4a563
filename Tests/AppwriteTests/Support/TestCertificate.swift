// A certificate for `localhost` that signs itself, valid from 2000 to 2199, and its key, which protects nothing.

import Foundation
import NIOSSL

enum TestCertificate {
    static func serverContext() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))))
    }

    /// Runs `body` with the path of a file that holds this text.
    static func withFile<Value>(
        holding text: String = certificate, _ body: (String) async throws -> Value
    ) async throws -> Value {
        let file = FileManager.default.temporaryDirectory.appending(path: "refreshd-\(UUID()).pem")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }  // Left behind, it harms nobody.
        return try await body(file.path)
    }

    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBYjCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIBcNMDAwMTAxMDAwMDAwWhgPMjE5OTEyMzEyMzU5NTlaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABASht2u7rhESAqAH
        AwhezeHvVdIZQC5iDUeRfEQgVmu7tO7255VuqzG84h0dyPzomrNaI1efBFHSHIV4
        ifag6hCjSDBGMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAPBgNVHRMBAf8EBTADAQH/
        MB0GA1UdDgQWBBSf89Is0IlMLqn3oRbhlli79CZxozAKBggqhkjOPQQDAgNJADBG
        AiEA9n3gRw+qzLYw19QHf+Fm7+nJVthBlrqVNOfc+YzGcKgCIQDBen2qnqQEvxZh
        5kfNgSpIQVPX2w7pyc13YKSlL1KASg==
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPteOrFXuNUj5Tup2
        ok/Ip7GZelLNFUAz3Py23VRi1uKhRANCAAQEobdru64REgKgBwMIXs3h71XSGUAu
        Yg1HkXxEIFZru7Tu9ueVbqsxvOIdHcj86JqzWiNXnwRR0hyFeIn2oOoQ
        -----END PRIVATE KEY-----
        """
}
