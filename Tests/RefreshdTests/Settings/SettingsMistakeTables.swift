// More mistakes in settings, of kinds with many forms: endpoints, ways to Appwrite, numbers and modes.

extension SettingsMistakeTests {
    private static let address = "expected an address such as https://cloud.example/v1."
    private static let clear = """
        keys and tokens cross the network in clear. Use https, or set allowPlainHTTP: true where the network itself is \
        safe.
        """

    /// What is written, why it is wrong, and what to write.
    static let endpoints: [MistakeCase] =
        [
            ("https://a.example", "The endpoint needs the path of the API, /v1. Write https://a.example/v1."),
            ("a.example/v1", "The endpoint needs https:// before the host. Write https://a.example/v1."),
            ("https//a.example/v1", "The endpoint needs https:// before the host. Write https://a.example/v1."),
            ("http:/a.example/v1", "The endpoint needs https:// before the host. Write http://a.example/v1."),
            (
                "ftp://a.example/v1",
                "The endpoint's scheme must be https, or http to this machine. Write https://a.example/v1."
            ),
            (
                "https:///v1",
                "The endpoint needs a host name in ASCII letters, or an IP address. Write https://HOST/v1."
            ),
            (
                "https://a.example/console/project-x",
                "The endpoint must end with the path of the API, /v1. Write https://a.example/v1."
            ),
            (
                "https://a.example/x/v1/users",
                "The endpoint must end with the path of the API, /v1. Write https://a.example/x/v1."
            ),
            ("https://a.example:99999/v1", "The endpoint is no URL. Write https://HOST/v1."),
            (
                "https://a.example/v1?x=y",
                "The endpoint must hold no query and no fragment. Write https://a.example/v1."
            ),
            (
                "\"https://a.example/v1#x\"",
                "The endpoint must hold no query and no fragment. Write https://a.example/v1."
            ),
            ("http://a.example/v1", "Over plain http, \(clear)"),
        ].map { text, hint in
            MistakeCase(
                "the endpoint \(text)", whole: "projects: { main: { project: shop, endpoint: \(text) } }",
                told: "refreshd.yaml:1:46: projects.main.endpoint: found \(text), \(address) \(hint)")
        } + [
            MistakeCase(
                "an endpoint with a password",
                whole: "projects: { main: { project: shop, endpoint: \"https://me:word@a.example/v1\" } }",
                told:
                    "refreshd.yaml:1:46: projects.main.endpoint: found a text that is not repeated here, \(address) The "
                    + "endpoint must hold no user and no password: keys are named by apiKeyCredential and "
                    + "devKeyCredential. Write https://HOST/v1.")
        ]

    static let ways = [
        MistakeCase(
            "a proxy of another kind, a version that is none, a day that is none",
            after:
                "    devKeyFile: /k\n    proxy: socks5://p.example:1080\n    ipVersion: IPv4\n    devKeyExpires: 2027-02-30",
            told: "refreshd.yaml:6:12: projects.main.proxy: found socks5://p.example:1080, expected a proxy such as "
                + "http://proxy.example:3128. The proxy itself is spoken to by http (calls to https:// are encrypted "
                + "all the way through it): write http://HOST:PORT.",
            "refreshd.yaml:7:16: projects.main.ipVersion: found IPv4, expected 4, 6 or any. Write 4.",
            "refreshd.yaml:8:20: projects.main.devKeyExpires: found 2027-02-30, expected a date such as 2027-01-31, or "
                + "with a time of UTC, such as 2027-01-31T12:00:00Z."),
        MistakeCase(
            "a proxy with a password", after: "    proxy: http://me:word@p.example:1",
            told:
                "refreshd.yaml:5:12: projects.main.proxy: found a text that is not repeated here, expected a proxy such "
                + "as http://proxy.example:3128. User and password do not stand here: put USER:PASSWORD into a "
                + "credential or a file, and name it by proxyLoginCredential or proxyLoginFile."),
        MistakeCase(
            "a version of IP behind a proxy, and the end of no key",
            after: "    proxy: http://p.example:1\n    ipVersion: 4\n    devKeyExpires: 2027-01-31",
            told: "refreshd.yaml:6:5: projects.main.ipVersion: The proxy makes the connections to Appwrite, by the "
                + "version that it chooses: leave this out.",
            "refreshd.yaml:7:5: projects.main.devKeyExpires: There is no dev key here that could expire: name it by "
                + "devKeyCredential or devKeyFile."),
        MistakeCase(
            "a login for no proxy", after: "    proxyLoginFile: /k",
            told: "refreshd.yaml:5:5: projects.main.proxyLoginFile: There is no proxy to log in to: write proxy: "
                + "http://HOST:PORT."),
        MistakeCase(
            "an address of the other version, and plain http through a proxy",
            whole: """
                projects:
                  a: { endpoint: "https://192.0.2.1/v1", project: a, ipVersion: 6 }
                  b: { endpoint: "http://127.0.0.1/v1", project: b, proxy: "http://p.example:1" }
                """,
            told: "refreshd.yaml:2:54: projects.a.ipVersion: The endpoint is an address of version 4: leave this out.",
            "refreshd.yaml:3:53: projects.b.proxy: To the proxy, and from there to an endpoint of http://, keys and "
                + "tokens cross the network in clear. Use an endpoint of https://, or set allowPlainHTTP: true where the "
                + "network itself is safe."),
        MistakeCase(
            "two ways to one host",
            after: "  other:\n    endpoint: https://cloud.example/v1\n    project: books\n    ipVersion: 6",
            told: "refreshd.yaml:8:5: projects.other.ipVersion: main is on the same host, cloud.example, and Appwrite "
                + "counts by the address that calls come from: both need the same way there. Here it is ipVersion 6, "
                + "without a proxy; there ipVersion any, without a proxy."),
    ]

    static let numbers = [
        MistakeCase(
            "numbers out of range",
            after: "    budget: { limit: 0, reserve: -1 }\n    pace: { maxPerSecond: 1.5, maxInFlight: 99999 }",
            told: "refreshd.yaml:5:22: projects.main.budget.limit: found 0, expected a whole number from 1 to 1000000.",
            "refreshd.yaml:5:34: projects.main.budget.reserve: found -1, expected a whole number from 0 to 1000000.",
            "refreshd.yaml:6:27: projects.main.pace.maxPerSecond: found 1.5, expected a whole number from 1 to 10000.",
            "refreshd.yaml:6:45: projects.main.pace.maxInFlight: found 99999, expected a whole number from 1 to 1000."),
        MistakeCase(
            "durations by other units", after: "    stopAfter: 30 days\nwaits: { margin: 1.5m, doubtFor: 20min }",
            told:
                "refreshd.yaml:5:16: projects.main.stopAfter: found 30 days, expected a duration such as 30s, 5m, 1h or "
                + "30d. Write 30d.",
            "refreshd.yaml:6:18: waits.margin: found 1.5m, expected a duration such as 30s, 5m, 1h or 30d. Write 90s.",
            "refreshd.yaml:6:34: waits.doubtFor: found 20min, expected a duration such as 30s, 5m, 1h or 30d. Write 20m."
        ),
        MistakeCase(
            "modes that let nobody in, or mean nothing on a socket",
            after: "sockets: { token: { mode: 0000 }, control: { mode: 0440 } }",
            told:
                "refreshd.yaml:5:27: sockets.token.mode: found 0000, expected permissions such as \"0660\". Nobody could "
                + "connect.",
            "refreshd.yaml:5:52: sockets.control.mode: found 0440, expected permissions such as \"0660\". Write a digit "
                + "each for owner, group and others: 6 for who may connect, 0 for who may not."),
        MistakeCase(
            "one socket by two spellings",
            after: "sockets: { token: { path: /run/a.sock }, control: { path: /run/.//a.sock } }",
            told:
                "refreshd.yaml:5:42: sockets.control: The two sockets must have different paths: both are /run/a.sock."),
        MistakeCase(
            "a doubt that ends before the call", after: "waits: { doubtFor: 30s }",
            told: "refreshd.yaml:5:10: waits.doubtFor: calls.refreshTimeout, which is 1m, must be less than "
                + "waits.doubtFor, which is 30s: a refresh still waited for is not in doubt."),
    ]
}
