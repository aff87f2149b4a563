// swift-tools-version: 6.2
// The house, floor by floor. Imports go down only; neighbours on a floor never meet.
import PackageDescription

// The libraries that the floors stand on.
extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = product(name: "Yams", package: "Yams")
}

// With nothing to load a program starts three times as fast. The tests hold the programs that they start, and cannot be
// linked like that.
let staticallyLinked: [LinkerSetting] =
    Context.environment["REFRESHD_OPTIMISED_TESTS"] == nil
    ? [.unsafeFlags(["-static-executable", "-use-ld=lld"], .when(configuration: .release))] : []

let package = Package(
    name: "refreshd",
    products: [
        .executable(name: "refreshd", targets: ["refreshd-main"]),
        .executable(name: "refreshd-token", targets: ["refreshd-token-main"]),
        .executable(name: "appwrite-simulator", targets: ["appwrite-simulator-main"]),
        .executable(name: "refreshd-demo", targets: ["refreshd-demo-main"]),
        .executable(name: "refreshd-bench", targets: ["refreshd-bench-main"]),
        .executable(name: "refreshd-manual", targets: ["refreshd-manual-main"]),
        .executable(name: "refreshd-trials", targets: ["refreshd-trials-main"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // Floor 0: pure. They import nothing, not even Foundation.
        .target(name: "RefreshPolicy"),
        .target(name: "AppwriteModel"),

        // Floor 1: the loop and its ports; both pure floors on virtual time; and what the programs have in common.
        .target(name: "RefreshEngine", dependencies: ["RefreshPolicy"]),
        .target(name: "RefreshSimulation", dependencies: ["RefreshPolicy", "AppwriteModel"]),
        .target(name: "Vocabulary", dependencies: ["RefreshPolicy"]),
        .target(name: "UnixSockets"),
        .systemLibrary(name: "CHardening"),
        .target(name: "Hardening", dependencies: ["CHardening"]),

        // Floor 2: each speaks to one thing outside.
        .target(
            name: "Appwrite",
            dependencies: [
                "RefreshPolicy", "RefreshEngine", .asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix, .nioSSL,
            ]),
        .target(
            name: "SessionStorage",
            dependencies: ["RefreshPolicy", "RefreshEngine", .crypto, .grdb]),
        .target(
            name: "TokenAPI",
            dependencies: [
                "RefreshPolicy", "RefreshEngine", "Vocabulary", "UnixSockets", .hummingbird, .hummingbirdCore, .logging,
                .nioCore, .nioHTTPTypes, .nioPosix, .serviceLifecycle,
            ]),
        // Without Foundation, whose loading takes longer than all that refreshd-token does.
        .target(name: "TokenClient", dependencies: ["RefreshPolicy", "Vocabulary", "UnixSockets", "Hardening"]),
        // How programs of ours are run and asked: for the demo, the benchmarks and the tests.
        .target(name: "Harness", dependencies: ["UnixSockets", .asyncHTTPClient, .nioCore]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "Systemd", dependencies: ["CSystemd"]),
        .target(
            name: "AppwriteSimulator",
            dependencies: [
                "AppwriteModel", .crypto, .hummingbird, .hummingbirdCore, .logging, .nioCore, .nioPosix,
                .serviceLifecycle,
            ]),

        // Floor 3: settings, subcommands, wiring. A library, so that tests can link it.
        .target(
            name: "Refreshd",
            dependencies: [
                "RefreshPolicy", "RefreshSimulation", "RefreshEngine", "Vocabulary", "UnixSockets", "Hardening",
                "Appwrite", "SessionStorage", "TokenAPI", "TokenClient", "Systemd", .argumentParser, .asyncHTTPClient,
                .nioCore, .logging, .serviceLifecycle, .unixSignals, .yams,
            ]),
        .target(name: "Trials", dependencies: ["RefreshSimulation", .argumentParser]),
        .target(
            name: "Bench",
            dependencies: [
                "RefreshPolicy", "RefreshSimulation", "RefreshEngine", "SessionStorage", "AppwriteModel",
                "AppwriteSimulator", "UnixSockets", "Harness", "Systemd", .argumentParser, .asyncHTTPClient, .httpTypes,
                .hummingbirdCore, .logging, .nioCore, .nioHTTP1, .nioPosix, .serviceLifecycle,
            ]),
        // Above floor 3: manual pages, made from the commands themselves.
        .target(name: "Manual", dependencies: ["Refreshd", "Vocabulary", .argumentParser]),
        .target(name: "Demo", dependencies: ["Harness", .unixSignals]),

        // One line each.
        .executableTarget(name: "refreshd-main", dependencies: ["Refreshd"]),
        .executableTarget(
            name: "refreshd-token-main", dependencies: ["TokenClient"],
            linkerSettings: staticallyLinked),
        .executableTarget(
            name: "appwrite-simulator-main",
            dependencies: ["AppwriteSimulator", .argumentParser]),
        .executableTarget(name: "refreshd-demo-main", dependencies: ["Demo"]),
        .executableTarget(name: "refreshd-bench-main", dependencies: ["Bench"]),
        .executableTarget(name: "refreshd-manual-main", dependencies: ["Manual"]),
        .executableTarget(name: "refreshd-trials-main", dependencies: ["Trials"]),

        // Tests mirror Sources.
        .target(
            name: "Fakes", dependencies: ["RefreshPolicy", "RefreshEngine", "RefreshSimulation", "Sanitizing"],
            path: "Tests/Fakes"),
        // Linked into all tests, and empty but for the thread sanitizer.
        .target(name: "Sanitizing", path: "Tests/Sanitizing", exclude: ["suppressions.txt"]),
        .target(
            name: "Captures", path: "Tests/Captures", resources: [.copy("1.8.1"), .copy("1.9.6")]),
        .target(
            name: "Fuzzing",
            dependencies: [
                "RefreshPolicy", "RefreshEngine", "Appwrite", "TokenAPI", "Refreshd", "Fakes", .hummingbird,
                .hummingbirdCore, .nioCore,
            ], path: "Tests/Fuzzing", resources: [.copy("Corpus")]),
        .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing"]),
        .testTarget(name: "RefreshPolicyTests", dependencies: ["RefreshPolicy", "RefreshSimulation"]),
        .testTarget(
            name: "RefreshSimulationTests", dependencies: ["RefreshPolicy", "AppwriteModel", "RefreshSimulation"]),
        .testTarget(name: "RefreshEngineTests", dependencies: ["RefreshEngine", "Fakes"]),
        .testTarget(
            name: "AppwriteTests",
            dependencies: [
                "RefreshPolicy", "RefreshEngine", "Appwrite", "AppwriteModel", "AppwriteSimulator", "Captures",
                .nioCore, .nioPosix, .nioSSL,
            ]),
        .testTarget(
            name: "AppwriteSimulatorTests",
            dependencies: ["AppwriteModel", "AppwriteSimulator", "Captures", .asyncHTTPClient]),
        .testTarget(
            name: "SessionStorageTests",
            dependencies: ["SessionStorage", "Fakes", .grdb]),
        .testTarget(
            name: "TokenAPITests",
            dependencies: [
                "TokenAPI", "UnixSockets", "Fakes", "Harness", .asyncHTTPClient, .logging, .nioCore, .nioPosix,
                .serviceLifecycle,
            ]),
        .testTarget(name: "VocabularyTests", dependencies: ["Vocabulary"]),
        .testTarget(name: "HardeningTests", dependencies: ["Hardening"]),
        .testTarget(
            name: "TokenClientTests", dependencies: ["RefreshPolicy", "Vocabulary", "UnixSockets", "TokenClient"]),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd"]),
        .testTarget(name: "DemoTests", dependencies: ["Demo"]),
        .testTarget(name: "ManualTests", dependencies: ["Manual", "Refreshd", .argumentParser]),
        .testTarget(
            name: "RefreshdTests",
            dependencies: [
                "RefreshPolicy", "RefreshEngine", "Vocabulary", "UnixSockets", "Appwrite", "TokenAPI", "TokenClient",
                "Systemd", "Refreshd", "AppwriteModel", "AppwriteSimulator", "Fakes", .logging, .nioCore,
                .serviceLifecycle,
            ]),
        // The built programs, as processes: they are dependencies so that they are built before the tests run.
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "refreshd-main", "refreshd-token-main", "appwrite-simulator-main", "UnixSockets", "Harness",
                "AppwriteModel", "AppwriteSimulator", .asyncHTTPClient, .grdb,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer brings the `main` of its programs: only with it can they be linked.
if Context.environment["REFRESHD_FUZZER"] != nil {
    package.targets.append(.executableTarget(name: "fuzzer", dependencies: ["Fuzzing"], path: "Tests/Fuzzer"))
}

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
