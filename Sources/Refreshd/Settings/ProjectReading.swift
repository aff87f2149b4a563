// Reads the settings of one project.

import Appwrite
import RefreshEngine
import RefreshPolicy
import Systemd
import Vocabulary

extension ProjectSettings {
    /// Nil where mistakes leave nothing to make a project of; they are told all the same.
    init?(name: String, _ section: SettingsSection, _ folders: ServiceFolders) {
        var allowsPlainHTTP = false
        section.read("allowPlainHTTP", into: &allowsPlainHTTP, as: .truth)
        let plainHTTP: Endpoint.PlainHTTP = allowsPlainHTTP ? .anywhere : .loopbackOnly
        let endpoint = section.require(
            "endpoint", as: .endpoint(plainHTTP), example: "endpoint: https://cloud.example/v1")
        let project = section.require("project", as: .projectID, example: "project: my-project")
        let apiKey = SecretKeys.read("apiKey", section, folders)
        let devKey = SecretKeys.read("devKey", section, folders)
        let devKeyExpires = section.read("devKeyExpires", as: .moment)
        if section.has("devKeyExpires"), !section.has("devKeyCredential"), !section.has("devKeyFile") {
            let sentence = "There is no dev key here that could expire: name it by devKeyCredential or devKeyFile."
            section.tell(.refused(sentence), at: "devKeyExpires")
        }
        let caFile = section.read("caFile", as: .path)
        let route = RouteSettings(section, folders, to: endpoint, plainHTTP)

        let alias = ProjectAlias(name)
        if alias == nil { section.tellName(Self.refusal(ofAlias: name)) }
        // The rest is read under a stand-in, so that its mistakes are told too.
        guard let usable = alias ?? ProjectAlias("unnamed") else { return nil }
        var rules = ProjectRules(alias: usable, host: endpoint?.hostName ?? HostName(""), hasAPIKey: apiKey != nil)
        rules.readWaits(section)
        rules.readKeepRules(section)
        var isUnlimited = false
        section.read("unmetered", into: &isUnlimited, as: .truth)
        rules.readLimits(section, isUnlimited: isUnlimited, hasDevKey: devKey != nil)
        var discovery = SearchRules(project: usable)
        section.section("discovery") { discovery.read($0) }

        guard let endpoint, let project, alias != nil else { return nil }
        self.init(endpoint: endpoint, project: project, rules: rules)
        self.apiKey = apiKey
        self.devKey = devKey
        self.plainHTTP = plainHTTP
        self.devKeyExpires = devKeyExpires
        self.caFile = caFile
        self.route = route
        self.isUnlimited = isUnlimited
        self.discovery = discovery
    }

    private static func refusal(ofAlias name: String) -> SettingsMistake.Kind {
        ProjectAliasKind.refused.contains(name)
            ? .refused("This name is Appwrite's own. Choose another name for the project.")
            : .wrong(
                found: name.shown(limit: 80), expected: "a name for the project",
                hint: "A name has at most \(ProjectAliasKind.longest) letters, digits and . _ - and starts with a "
                    + "letter or digit.")
    }
}

extension ProjectRules {
    fileprivate mutating func readWaits(_ section: SettingsSection) {
        section.read("stopAfter", into: &stopAfter, as: .duration)
        section.read("maxSessionAge", into: &maxSessionAge, as: .duration)
        section.read("assumedLifetime", into: &assumedLifetime, as: .duration)
        var lifetimes: [ProviderLifetime] = []
        section.namedSections("providers") { name, inner in
            let lifetime = inner.require("assumedLifetime", as: .duration, example: "assumedLifetime: 2h")
            guard let provider = ProviderName(name) else {
                let expected = "the name of a provider, such as google"
                return inner.tellName(.wrong(found: name.shown(limit: 80), expected: expected, hint: nil))
            }
            if let lifetime { lifetimes.append(ProviderLifetime(provider: provider, lifetime: lifetime)) }
        }
        assumedLifetimes = lifetimes.sorted { $0.provider < $1.provider }
    }

    fileprivate mutating func readLimits(_ section: SettingsSection, isUnlimited: Bool, hasDevKey: Bool) {
        metering = isUnlimited || hasDevKey ? .unmetered : .metered
        section.section("budget") { budget.read($0) }
        section.section("pace") { pace.read($0) }
    }
}

extension BudgetRules {
    fileprivate mutating func read(_ section: SettingsSection) {
        section.read("limit", into: &limit, as: .count(1...1_000_000))
        section.read("window", into: &window, as: .duration)
        section.read("reserve", into: &reserve, as: .count(0...1_000_000))
        section.read("openingDelay", into: &openingDelay, as: .duration)
        if reserve >= limit {
            let sentence = "The reserve is \(reserve) and the limit \(limit): the reserve must be less than the limit."
            section.tell(.refused(sentence), at: "reserve", "limit")
        }
        if openingDelay >= window {
            section.tell(.refused("The delay must be less than the window."), at: "openingDelay", "window")
        }
    }
}

extension Pace {
    fileprivate mutating func read(_ section: SettingsSection) {
        section.read("maxPerSecond", into: &maxPerSecond, as: .count(1...Pace.greatest))
        section.read("maxInFlight", into: &maxInFlight, as: .count(1...1000))
    }
}

extension SearchRules {
    fileprivate mutating func read(_ section: SettingsSection) {
        section.read("every", into: &every, as: .duration)
        section.read("overlap", into: &overlap, as: .duration)
        section.read("walkEvery", into: &walkEvery, as: .duration)
        if walkEvery < every {
            let (walk, step) = (DurationText.text(walkEvery), DurationText.text(every))
            let sentence = """
                discovery.walkEvery, which is \(walk), must not be less than discovery.every, which is \(step).
                """
            section.tell(.refused(sentence), at: "walkEvery", "every")
        }
    }
}

extension RouteSettings {
    /// - Parameter endpoint: nil where its own mistakes were told.
    fileprivate init(
        _ section: SettingsSection, _ folders: ServiceFolders, to endpoint: Endpoint?, _ plainHTTP: Endpoint.PlainHTTP
    ) {
        proxy = section.read("proxy", as: .proxy)
        proxyLogin = SecretKeys.read("proxyLogin", section, folders)
        section.read("ipVersion", into: &ipVersion, as: .ipVersion)
        if section.has("proxy") {
            if ipVersion != .any {
                let sentence =
                    "The proxy makes the connections to Appwrite, by the version that it chooses: leave this out."
                section.tell(.refused(sentence), at: "ipVersion")
            }
            if let endpoint, !endpoint.isEncrypted, plainHTTP == .loopbackOnly {
                let sentence = """
                    To the proxy, and from there to an endpoint of http://, keys and tokens cross the network in clear. \
                    Use an endpoint of https://, or set allowPlainHTTP: true where the network itself is safe.
                    """
                section.tell(.refused(sentence), at: "proxy")
            }
        } else if proxyLogin != nil {
            let sentence = "There is no proxy to log in to: write proxy: http://HOST:PORT."
            section.tell(.refused(sentence), at: "proxyLoginCredential", "proxyLoginFile")
        }
        if ipVersion != .any, let given = endpoint?.ipVersion, given != ipVersion {
            let sentence = "The endpoint is an address of version \(given.rawValue): leave this out."
            section.tell(.refused(sentence), at: "ipVersion")
        }
    }
}

/// The keys that say where a secret is.
enum SecretKeys {
    /// Reads `KEYCredential` or `KEYFile`, and refuses `KEY`, which would hold the secret itself.
    static func read(_ key: String, _ section: SettingsSection, _ folders: ServiceFolders) -> SecretSource? {
        section.refuse(key, because: explanation(of: key))
        let credential = section.read(key + "Credential", as: .credentialName)
        let file = section.read(key + "File", as: .secretPath)
        if section.has(key + "Credential") && section.has(key + "File") {
            section.tell(.refused(oneOf(key + "Credential", key + "File")), at: key + "File")
        }
        return credential.map { .credential(name: $0, directory: folders.credentials) } ?? file.map { .file(path: $0) }
    }

    static func oneOf(_ credential: String, _ file: String) -> String {
        "The secret has one place only: keep \(credential) or \(file)."
    }

    static func explanation(of key: String) -> String {
        """
        Secrets do not stand in this file. Put the secret into a file that only root can read, pass it by \
        LoadCredential= in the unit, and name it here by \(key)Credential; or give the file's path by \(key)File. If \
        the secret was real, take it out of this file and replace it by a new one: it may have been read or copied.
        """
    }
}
