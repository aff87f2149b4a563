// Which endpoints are taken, in what form they are kept, and what people are told of the others.

import Appwrite
import RefreshPolicy
import Testing

@Suite("Endpoints") struct EndpointTests {
    @Test(
        "An endpoint is kept in one form",
        arguments: [
            ("https://cloud.example/v1", "https://cloud.example/v1"),
            ("HTTPS://CLOUD.example:443/v1//", "https://cloud.example/v1"),
            ("https://cloud.example:80/v1", "https://cloud.example:80/v1"),
            ("http://127.0.0.1:80/v1", "http://127.0.0.1/v1"),
            ("http://[::1]:8080/a/v1", "http://[::1]:8080/a/v1"),
        ])
    func form(text: String, kept: String) throws {
        #expect(try Endpoint(text, plainHTTP: .loopbackOnly).description == kept)
    }

    @Test(
        "Whatever is no plain endpoint is refused, and the mistake told",
        arguments: [
            ("", EndpointMistake.noScheme), ("cloud.example/v1", .noScheme), ("://cloud.example/v1", .noScheme),
            ("ftp://cloud.example/v1", .unknownScheme), ("unix:///run/x", .unknownScheme),
            ("https:///v1", .noHost), ("https://clöud.example/v1", .noHost), ("https://-a.example/v1", .noHost),
            ("https://cloud example/v1", .notAURL), ("https://a.example:65536/v1", .notAURL),
            ("https://a.example:0/v1", .notAURL), ("https://a.example/v1/../x", .notAURL),
            ("https://a.example/a//v1", .notAURL),
            ("https://a.example", .noPath), ("https://a.example/", .noPath),
            ("https://a.example/v1?x=y", .query), ("https://a.example/v1#x", .query),
            ("https://me:word@a.example/v1", .userInfo), ("https://me@a.example/v1", .userInfo),
            ("http://a.example/v1", .plainHTTP), ("http://10.0.0.1/v1", .plainHTTP),
            ("http://127.0.0.1.example/v1", .plainHTTP), ("http://127.example/v1", .plainHTTP),
        ])
    func refused(text: String, mistake: EndpointMistake) {
        #expect(throws: mistake) { try Endpoint(text, plainHTTP: .loopbackOnly) }
        #expect(!mistake.description.contains("word@"))
    }

    @Test(
        "Plain http goes to this machine, and elsewhere where it is allowed",
        arguments: [
            ("http://localhost/v1", Endpoint.PlainHTTP.loopbackOnly), ("http://127.9.9.9/v1", .loopbackOnly),
            ("http://[::1]/v1", .loopbackOnly), ("http://10.0.0.1/v1", .anywhere), ("http://a.example/v1", .anywhere),
        ])
    func plainHTTP(text: String, rule: Endpoint.PlainHTTP) throws {
        #expect(try !Endpoint(text, plainHTTP: rule).isEncrypted)
    }

    @Test("Budgets go by the host alone, in lower case")
    func hostName() throws {
        let named = try Endpoint("https://Cloud.Example:8443/a/v1", plainHTTP: .loopbackOnly)
        #expect(named.hostName == HostName("cloud.example"))
        #expect(try Endpoint("http://[::1]:81/v1", plainHTTP: .loopbackOnly).hostName == HostName("::1"))
    }
}
