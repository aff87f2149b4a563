// What the control routes take: tidy JSON for projects, providers, logins and faults. `ControlRoutes` says how to use
// them.
package import AppwriteModel

extension ProviderBehaviour.ExpiresIn: Codable {}
extension ProviderBehaviour.Rotation: Codable {}
extension ProviderBehaviour.RefreshTokenAtLogin: Codable {}
extension ProviderBehaviour.Reuse: Codable {}
extension ProviderBehaviour.Refusals: Codable {}
extension AccountService: Codable {}
extension SessionKind: Codable {}
extension PatchEnding: Codable {}
extension UserStatus: Codable {}
extension UserDemand: Codable {}
extension ProviderLogins: Codable {}
extension Charge: Codable {}
extension CredentialKind: Codable {}
extension MeteredCall: Codable {}
extension PatchRecord.Forbidden: Codable {}

/// Seconds, fractions allowed.
package typealias Seconds = Double

extension Milliseconds {
    package init(seconds: Seconds) {
        self = Milliseconds((seconds * 1000).rounded())
    }
}

package struct ScenarioForm: Codable, Sendable, Equatable {
    package var projects: [ProjectForm]?
    package var logins: [LoginForm]?
    package var faults: [FaultForm]?
}

package struct ProjectForm: Codable, Sendable, Equatable {
    package var id: String
    package var sessionLength: Seconds?
    package var sessionsPerUser: Int?
    package var accountService: AccountService?
    package var apiKeys: [KeyForm]?
    package var devKeys: [KeyForm]?
    package var providers: [ProviderForm]?
}

/// An API key, or a dev key, which has no scopes.
package struct KeyForm: Codable, Sendable, Equatable {
    package var key: String
    package var scopes: [String]?
    package var expiresIn: Seconds?
}

package struct ProviderForm: Codable, Sendable, Equatable {
    package var name: String
    package var lifetime: LifetimeForm?
    package var expiresIn: ProviderBehaviour.ExpiresIn?
    package var rotation: ProviderBehaviour.Rotation?
    package var refreshTokenAtLogin: ProviderBehaviour.RefreshTokenAtLogin?
    package var reuse: ProviderBehaviour.Reuse?
    package var refusals: ProviderBehaviour.Refusals?
    package var logins: ProviderLogins?
}

/// A number of seconds, or the text "forever".
package enum LifetimeForm: Codable, Sendable, Equatable {
    case seconds(Seconds)
    case forever

    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        // `try?`: it is one of two kinds, and the second says what is wrong.
        if let seconds = try? value.decode(Seconds.self) {
            self = .seconds(seconds)
            return
        }
        guard try value.decode(String.self) == "forever" else {
            throw DecodingError.dataCorruptedError(
                in: value, debugDescription: "a lifetime is a number of seconds or \"forever\"")
        }
        self = .forever
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .seconds(let seconds): try value.encode(seconds)
        case .forever: try value.encode("forever")
        }
    }

    var milliseconds: Milliseconds? {
        switch self {
        case .seconds(let seconds): Milliseconds(seconds: seconds)
        case .forever: nil
        }
    }
}

package struct LoginForm: Codable, Sendable, Equatable {
    package var project: String
    package var kind: SessionKind?
    package var provider: String?
    package var providerUid: String?
    package var userId: String?
    package var lifetime: LifetimeForm?
    package var refreshToken: ProviderBehaviour.RefreshTokenAtLogin?
    /// May be negative: an expired session.
    package var sessionExpiresIn: Seconds?
    package var replaces: String?
}

/// The answer to a login.
package struct LoggedIn: Codable, Sendable, Equatable {
    package var project: String
    package var userId: String
    package var sessionId: String
    /// As `X-Appwrite-Session` takes it.
    package var secret: String
    package var provider: String
    package var providerUid: String
    package var accessToken: String
    package var refreshToken: String
    /// As stored, which is not always the truth; unix milliseconds.
    package var accessTokenExpiry: Milliseconds?
    package var sessionExpiresAt: Milliseconds
}

package struct FaultForm: Codable, Sendable, Equatable {
    package var project: String
    /// One of these two.
    package var provider: String?
    package var session: String?
    package var faults: [OneFault]

    package struct OneFault: Codable, Sendable, Equatable {
        package var answer: Answer?
        package var status: Int?
        package var error: String?
        package var description: String?
        package var text: String?
        package var delay: Seconds?
        package var ending: PatchEnding?
        package var times: Int?

        package enum Answer: String, Codable, Sendable {
            case asUsual
            case refuses
            case refusesInText
            case emptySuccess
            case down
            case issuesRegardless
            case noAdapter
        }
    }
}

/// Metered calls of somebody else behind the same address.
package struct CallsForm: Codable, Sendable, Equatable {
    package var call: MeteredCall?
    package var times: Int?
    package var host: String?
    package var ip: String?
}

package struct UserForm: Codable, Sendable, Equatable {
    package var status: UserStatus?
    package var demand: UserDemand?
}

package struct AdvanceForm: Codable, Sendable, Equatable {
    package var advance: Seconds
}

package struct ClockForm: Codable, Sendable, Equatable {
    package var now: Milliseconds
}
