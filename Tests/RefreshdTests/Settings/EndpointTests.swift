// Which addresses are taken, and in what form they are kept.

import Refreshd
import Testing

@Suite("Addresses of Appwrite") struct EndpointTests {
    @Test(
        "An address is kept in one form",
        arguments: [
            ("https://cloud.example/v1", "https://cloud.example/v1"),
            ("HTTPS://CLOUD.example:443/v1//", "https://cloud.example/v1"),
            ("http://127.0.0.1:80/v1", "http://127.0.0.1/v1"),
            ("http://[::1]:8080/a/v1", "http://[::1]:8080/a/v1"),
        ])
    func form(text: String, kept: String) throws {
        #expect(try Endpoint(text).description == kept)
    }

    @Test(
        "Whatever is no plain address is refused",
        arguments: [
            ("cloud.example/v1", EndpointFlaw.noScheme), ("ftp://cloud.example/v1", .noScheme),
            ("https:///v1", .badHost), ("https://cloud example/v1", .badHost), ("https://[::1/v1", .badHost),
            ("https://[host]/v1", .badHost), ("https://a.example:0/v1", .badPort),
            ("https://a.example:+80/v1", .badPort), ("https://a.example:65536/v1", .badPort),
            ("https://a.example", .noPath), ("https://a.example/", .noPath),
            ("https://a.example/v1?x=y", .badPath), ("https://a.example/v1#x", .badPath),
            ("https://me:word@a.example/v1", .holdsLogin), ("https://a.example/v1/@x", .holdsLogin),
        ])
    func refused(text: String, flaw: EndpointFlaw) {
        #expect(throws: flaw) { try Endpoint(text) }
    }

    @Test(
        "This machine is known by its names",
        arguments: [
            ("http://localhost/v1", true), ("http://a.localhost/v1", true), ("http://127.9.9.9/v1", true),
            ("http://[::1]/v1", true), ("http://127.example/v1", false), ("http://10.0.0.1/v1", false),
            ("http://127.0.0.1.example/v1", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try Endpoint(text).isLoopback == isLoopback)
    }
}
