// Checks who answers at a project's endpoint: an Appwrite, by a certificate that lasts, with a clock that is right.

import Appwrite
import Glibc
import RefreshPolicy
import TokenAPI
import Vocabulary

struct ServerCheck {
    let project: AppwriteProject
    /// That the calls go through; nil where they go straight.
    let proxy: Proxy?
    let probe: Probe
    let now: WallTime

    /// A certificate that ends sooner is told: those that are renewed by themselves are renewed a month before.
    private static let shortCertificate = Duration.days(21)
    /// Clocks that keep time by the network are nearer.
    private static let greatOffset = Duration.seconds(10)

    /// With the server's clock; nil where no Appwrite answers, and asking more is of no use.
    func run() async -> (findings: [Finding], clock: HostClock?) {
        let (greeting, headers) = await probe.greeting()
        let certificate = await probe.certificate()
        var findings = [endpoint(greeting)]
        if let certificate, let told = finding(for: certificate, greeting) {
            // One that is refused is why nobody answers, and goes first.
            findings.insert(told, at: told.severity == .error ? 0 : 1)
        }
        guard case .appwrite = greeting else { return (findings, nil) }
        var clock = HostClock()
        guard let headers, let date = headers.date else {
            return (findings + [.unseen(.clock, "the server does not tell its time", nil)], clock)
        }
        clock.learn(date: date, sentAt: headers.sentAt, receivedAt: headers.receivedAt)
        return (findings + [finding(for: clock)], clock)
    }

    private var place: String { project.endpoint.description.shown() }

    private func endpoint(_ greeting: Greeting) -> Finding {
        switch greeting {
        case .appwrite(let version):
            let name = version.map { "Appwrite \($0)" } ?? "an Appwrite that does not tell its version"
            return .fine(.endpoint, "\(name) answers at \(place)")
        case .wrongPath:
            let found = "an Appwrite answers at \(project.hostName), but not under the path of \(place)"
            return .error(.endpoint, .settings, found, "end the endpoint with /v1, as Appwrite's console shows it")
        case .redirect(let status, let target):
            let to = target.map { "to \($0.shown())" } ?? "without saying where to"
            let found =
                "\(place) redirects (HTTP \(status)) \(to); refreshd follows no redirect: keys stay where they are"
            return .error(.endpoint, .settings, found, "write the endpoint that it redirects to")
        case .page(let status):
            let found = "\(place) answers with a page for people (HTML, HTTP \(status)), not as Appwrite does"
            let advice = """
                see whether the endpoint is Appwrite's and ends with /v1; else a proxy, or a login page of the network, \
                answers in its place
                """
            return .error(.endpoint, .unavailable, found, advice)
        case .foreignJSON(let status):
            let found = "\(place) answers with JSON (HTTP \(status)), but not with Appwrite's"
            return .error(.endpoint, .unavailable, found, "see whether the endpoint is Appwrite's and ends with /v1")
        case .somethingElse(let status):
            let found = "\(place) answers (HTTP \(status)) with nothing that Appwrite says"
            return .error(.endpoint, .unavailable, found, "see whether the endpoint is Appwrite's and ends with /v1")
        case .silent(let trouble):
            return trouble.finding(at: project, through: proxy)
        }
    }

    /// Nil where the endpoint's finding says it all.
    private func finding(for certificate: ServerCertificate, _ greeting: Greeting) -> Finding? {
        let issuer = certificate.isSelfSigned ? "itself" : certificate.issuer.shown(limit: 80)
        let here = ServerTime(milliseconds: now.milliseconds)
        let end = TimeWords.moment(WireTime(WallTime(milliseconds: certificate.validUntil.milliseconds)))
        let left = Int((certificate.validUntil - here).wholeMilliseconds / 1000)
        let renew = "renew it"
        if certificate.validUntil <= here {
            return .error(.certificate, .unavailable, "the certificate, signed by \(issuer), ended at \(end)", renew)
        }
        if certificate.validFrom > here {
            let found = "the certificate, signed by \(issuer), is not valid yet by this machine's clock"
            return .error(.certificate, .unavailable, found, "see whether this machine's clock is right")
        }
        if case .silent(.certificateNotTrusted) = greeting {
            let found = "the certificate is signed by \(issuer), and no authority that is trusted here vouches for it"
            let advice = """
                name the authority's certificate by projects.\(project.alias).caFile, if the server is yours; else have \
                it use one by a public authority
                """
            return .error(.certificate, .unavailable, found, advice)
        }
        if case .silent(.certificateOfAnotherName) = greeting {
            let found = "the certificate, signed by \(issuer), is not for the name \(project.hostName)"
            return .error(.certificate, .unavailable, found, "write the endpoint by the name that it is for")
        }
        if case .silent = greeting { return nil }
        let words = "the certificate, signed by \(issuer), ends in \(TimeWords.short(left)), at \(end)"
        if certificate.validUntil - here < Self.shortCertificate {
            return .warning(.certificate, words, "\(renew); where that happens by itself, see why it did not")
        }
        return .fine(.certificate, words)
    }

    private func finding(for clock: HostClock) -> Finding {
        let offset = clock.offset
        let seconds = Int(abs(offset.wholeMilliseconds) / 1000)
        guard seconds >= 1 else { return .fine(.clock, "this machine and the server agree on the time") }
        let words =
            "the server's clock is \(TimeWords.short(seconds)) \(offset > .zero ? "ahead of" : "behind") this machine's"
        guard abs(offset.wholeMilliseconds) >= Self.greatOffset.wholeMilliseconds else { return .fine(.clock, words) }
        let advice = """
            let both keep time by the network (timedatectl set-ntp true); refreshd allows for it, but times of day in \
            keep rules, and the journal, go by this machine
            """
        return .warning(.clock, words, advice)
    }
}

extension ConnectionTrouble {
    /// As the finding about an endpoint.
    fileprivate func finding(at project: AppwriteProject, through proxy: Proxy?) -> Finding {
        let (host, place) = (project.hostName.rawValue.shown(limit: 120), project.endpoint.description.shown())
        let found = words(host, place, through: proxy)
        switch self {
        case .certificateNotTrusted, .certificateOfAnotherName:
            return .error(.endpoint, .unavailable, "\(found); nothing was sent", "see its certificate")
        case .proxyWantsLogin:
            let advice = """
                put USER:PASSWORD into a credential or a file, and name it by proxyLoginCredential or proxyLoginFile of \
                projects.\(project.alias)
                """
            return .error(.endpoint, .settings, found, advice)
        case .nameUnknown, .refused, .notConnected, .connectTimedOut:
            guard proxy != nil else { return .error(.endpoint, .unavailable, found, advice) }
            let advice = "see whether the proxy runs and can be reached, or correct projects.\(project.alias).proxy"
            return .error(.endpoint, .unavailable, found, advice)
        case .proxyRefused, .answerTimedOut, .noTLS, .cut, .notHTTP, .tooLarge:
            return .error(.endpoint, .unavailable, found, advice)
        }
    }

    /// What happened, in half a sentence. Through a proxy it is the proxy that this machine connects to.
    func words(_ host: String, _ place: String, through proxy: Proxy?) -> String {
        switch self {
        case .nameUnknown, .refused, .notConnected, .connectTimedOut:
            guard let proxy else { return words(host, place) }
            return words(proxy.host.shown(limit: 120), "the proxy \(proxy.description.shown())")
        case .proxyRefused, .proxyWantsLogin, .answerTimedOut, .certificateNotTrusted, .certificateOfAnotherName,
            .noTLS, .cut, .notHTTP, .tooLarge:
            return words(host, place)
        }
    }

    private func words(_ host: String, _ place: String) -> String {
        switch self {
        case .proxyRefused: "the proxy made no way to \(host)"
        case .proxyWantsLogin: "the proxy wants a login, or does not take the one that it is shown"
        case .nameUnknown: "the name \(host) has no address, as far as this machine's name servers know"
        case .refused: "nobody listens at \(place): the connection was refused"
        case .notConnected(let errno): "\(place) cannot be reached: \(String(cString: strerror(errno)))"
        case .connectTimedOut: "\(place) could not be reached in time: no connection came about"
        case .answerTimedOut: "\(place) took the connection and did not answer in time"
        case .certificateNotTrusted: "the server at \(host) is not trusted"
        case .certificateOfAnotherName: "the server at \(host) shows the certificate of another name"
        case .noTLS: "what listens at \(place) does not speak TLS, or only a version that is not safe"
        case .cut: "\(place) closed the connection without an answer"
        case .notHTTP: "\(place) does not speak HTTP"
        case .tooLarge: "\(place) answers with more than Appwrite ever says to this"
        }
    }

    private var advice: String {
        switch self {
        case .nameUnknown: "correct the endpoint's name, or this machine's name servers (/etc/resolv.conf)"
        case .refused: "start the server, or correct the endpoint's port"
        case .notConnected, .connectTimedOut: "see whether a firewall, a route or the server itself is in the way"
        case .answerTimedOut, .cut: "see the log of the server, and of the proxy before it"
        case .proxyRefused: "see whether the proxy may connect there, and its log"
        case .certificateNotTrusted, .certificateOfAnotherName, .proxyWantsLogin: ""
        case .noTLS: "write http:// if it is not encrypted and the network is yours, or correct the port"
        case .notHTTP, .tooLarge: "see whether the endpoint's port is Appwrite's"
        }
    }
}
