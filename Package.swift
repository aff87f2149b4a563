// swift-tools-version: 6.2
// The house, floor by floor. Imports go down only; neighbours on a floor never meet.
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "refreshd",
    products: [
        .executable(name: "refreshd", targets: ["refreshd-main"]),
        .executable(name: "appwrite-simulator", targets: ["appwrite-simulator-main"]),
        .executable(name: "refreshd-demo", targets: ["refreshd-demo-main"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // Floor 0: pure. They import nothing, not even Foundation.
        .target(name: "RefreshPolicy", swiftSettings: strict),
        .target(name: "AppwriteModel", swiftSettings: strict),

        // Floor 1: the loop and its ports.
        .target(name: "RefreshEngine", dependencies: ["RefreshPolicy"], swiftSettings: strict),

        // Floor 2: each speaks to one thing outside.
        .target(
            name: "Appwrite",
            dependencies: [
                "RefreshPolicy", "RefreshEngine",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(
            name: "SessionStorage",
            dependencies: [
                "RefreshPolicy", "RefreshEngine",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "TokenAPI",
            dependencies: [
                "RefreshPolicy", "RefreshEngine",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "Systemd", dependencies: ["CSystemd"], swiftSettings: strict),
        .target(
            name: "AppwriteSimulator",
            dependencies: [
                "AppwriteModel",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // Floor 3: settings, subcommands, wiring. A library, so that tests can link it.
        .target(
            name: "Refreshd",
            dependencies: [
                "RefreshPolicy", "RefreshEngine", "Appwrite", "SessionStorage", "TokenAPI", "Systemd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "Demo",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // One line each.
        .executableTarget(name: "refreshd-main", dependencies: ["Refreshd"], swiftSettings: strict),
        .executableTarget(
            name: "appwrite-simulator-main",
            dependencies: [
                "AppwriteSimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "refreshd-demo-main", dependencies: ["Demo"], swiftSettings: strict),

        // Tests mirror Sources.
        .target(
            name: "Fakes", dependencies: ["RefreshPolicy", "RefreshEngine"], path: "Tests/Fakes",
            swiftSettings: strict),
        .target(
            name: "Captures", path: "Tests/Captures", resources: [.copy("1.8.1"), .copy("1.9.6")],
            swiftSettings: strict),
        .testTarget(name: "RefreshPolicyTests", dependencies: ["RefreshPolicy"], swiftSettings: strict),
        .testTarget(name: "RefreshEngineTests", dependencies: ["RefreshEngine", "Fakes"], swiftSettings: strict),
        .testTarget(
            name: "AppwriteTests",
            dependencies: [
                "RefreshPolicy", "RefreshEngine", "Appwrite", "AppwriteModel", "AppwriteSimulator", "Captures",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AppwriteSimulatorTests",
            dependencies: [
                "AppwriteModel", "AppwriteSimulator", "Captures",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SessionStorageTests",
            dependencies: ["SessionStorage", "Fakes", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(
            name: "TokenAPITests",
            dependencies: [
                "TokenAPI", "Fakes",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd"], swiftSettings: strict),
        .testTarget(name: "DemoTests", dependencies: ["Demo"], swiftSettings: strict),
        .testTarget(
            name: "RefreshdTests",
            dependencies: [
                "RefreshPolicy", "RefreshEngine", "Appwrite", "TokenAPI", "Systemd", "Refreshd", "AppwriteSimulator",
                "Fakes",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // The built program, as a process: it is a dependency so that it is built before its tests run.
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "refreshd-main", "AppwriteModel", "AppwriteSimulator",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
