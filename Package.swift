// swift-tools-version: 6.2
import PackageDescription

// The targets are the law of who may import whom (docs/architecture.md).

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

func product(_ name: String, _ package: String) -> Target.Dependency {
  .product(name: name, package: package)
}

let package = Package(
  name: "covey",
  products: [
    .library(name: "Libvirt", targets: ["Libvirt"]),
    .library(name: "LibvirtXML", targets: ["LibvirtXML"]),
    .executable(name: "covey", targets: ["covey"]),
    .executable(name: "coveyd", targets: ["coveyd"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // libvirt in Swift: products of their own, which know nothing of covey.
    .systemLibrary(
      name: "CLibvirt", pkgConfig: "libvirt-qemu", providers: [.apt(["libvirt-dev"])]),
    .target(name: "Libvirt", dependencies: ["CLibvirt"], swiftSettings: strict),
    .target(name: "LibvirtXML", swiftSettings: strict),

    // The core.
    .target(name: "Covey", dependencies: [product("Yams", "Yams")], swiftSettings: strict),
    .target(
      name: "CoveyEngine", dependencies: ["Covey", product("Logging", "swift-log")],
      swiftSettings: strict),

    // Ports on the outside world.
    .target(
      name: "CoveyHypervisor",
      dependencies: [
        "CoveyEngine", "Libvirt", "LibvirtXML", product("Crypto", "swift-crypto"),
        product("Logging", "swift-log"), product("Subprocess", "swift-subprocess"),
      ],
      // The guest's side of identity is compiled into templates; see IdentityProgram.
      resources: [.embedInCode("Identity/identity.c"), .embedInCode("Identity/grow.c")],
      swiftSettings: strict),
    .target(
      name: "CoveyTraffic",
      dependencies: [
        "CoveyEngine", product("AsyncHTTPClient", "async-http-client"),
        product("Mustache", "swift-mustache"), product("NIOCore", "swift-nio"),
        product("NIOPosix", "swift-nio"), product("NIOSSL", "swift-nio-ssl"),
        product("Subprocess", "swift-subprocess"),
      ],
      // What HAProxy's configurations are rendered from; see HAProxyTemplate.
      resources: [.embedInCode("HAProxy/haproxy.cfg")], swiftSettings: strict),
    .target(
      name: "CoveyStore", dependencies: ["CoveyEngine", product("GRDB", "GRDB.swift")],
      swiftSettings: strict),

    // The contract between daemon and command line, and the two executables.
    .target(
      name: "CoveyWire",
      dependencies: [
        product("AsyncHTTPClient", "async-http-client"), product("NIOCore", "swift-nio"),
        product("NIOFoundationCompat", "swift-nio"), product("NIOHTTP1", "swift-nio"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "coveyd",
      dependencies: [
        "CoveyEngine", "CoveyHypervisor", "CoveyTraffic", "CoveyStore", "CoveyWire",
        product("ArgumentParser", "swift-argument-parser"),
        product("Hummingbird", "hummingbird"),
        product("Logging", "swift-log"), product("NIOFoundationCompat", "swift-nio"),
        product("ServiceLifecycle", "swift-service-lifecycle"), product("Yams", "Yams"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "covey",
      dependencies: [
        "CoveyWire", product("ArgumentParser", "swift-argument-parser"),
        product("Subprocess", "swift-subprocess"), product("Yams", "Yams"),
      ], swiftSettings: strict),

    // The example of docs/library.md; a test compiles and runs it.
    .executableTarget(
      name: "first-guest", dependencies: ["Libvirt", "LibvirtXML"],
      path: "docs/examples/first-guest",
      swiftSettings: strict),

    // Measures covey against what one would use instead: make bench.
    .executableTarget(
      name: "covey-bench",
      dependencies: [
        "CoveyWire", product("ArgumentParser", "swift-argument-parser"),
        product("Subprocess", "swift-subprocess"),
      ], path: "Tests/Benchmarks", swiftSettings: strict),

    // Tests mirror Sources; Support holds what they share.
    .target(
      name: "Support", dependencies: ["CoveyEngine"], path: "Tests/Support", swiftSettings: strict),
    .testTarget(
      name: "LibvirtTests", dependencies: ["Libvirt", "LibvirtXML", "first-guest"],
      swiftSettings: strict),
    .testTarget(name: "LibvirtXMLTests", dependencies: ["LibvirtXML"], swiftSettings: strict),
    .testTarget(name: "CoveyTests", dependencies: ["Covey", "Support"], swiftSettings: strict),
    .testTarget(
      name: "CoveyEngineTests", dependencies: ["CoveyEngine", "Support"], swiftSettings: strict),
    .testTarget(
      name: "CoveyHypervisorTests",
      dependencies: ["CoveyHypervisor", "Libvirt", "LibvirtXML", "Support"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "CoveyTrafficTests",
      dependencies: [
        "CoveyTraffic", "Support", product("AsyncHTTPClient", "async-http-client"),
        product("NIOCore", "swift-nio"), product("NIOPosix", "swift-nio"),
        product("Subprocess", "swift-subprocess"),
      ], swiftSettings: strict),
    .testTarget(
      name: "CoveyStoreTests",
      dependencies: ["CoveyStore", "Support", product("GRDB", "GRDB.swift")], swiftSettings: strict
    ),
    .testTarget(name: "CoveyWireTests", dependencies: ["CoveyWire"], swiftSettings: strict),
    .testTarget(
      name: "coveyTests",
      dependencies: [
        "covey", "CoveyWire", product("ArgumentParser", "swift-argument-parser"),
        product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"),
        product("NIOPosix", "swift-nio"), product("Subprocess", "swift-subprocess"),
      ], swiftSettings: strict),
    .testTarget(
      name: "coveydTests",
      dependencies: [
        "coveyd", "CoveyWire", "Support", product("Hummingbird", "hummingbird"),
        product("HummingbirdTesting", "hummingbird"), product("Logging", "swift-log"),
        product("NIOCore", "swift-nio"),
      ], swiftSettings: strict),
    .testTarget(
      name: "SystemTests",
      dependencies: [
        "Covey", "CoveyWire", "coveyd", "covey", "Support",
        product("AsyncHTTPClient", "async-http-client"),
        product("NIOCore", "swift-nio"), product("Subprocess", "swift-subprocess"),
      ],
      // A template's folder, with a program for guests.
      exclude: ["Checker/Template"], swiftSettings: strict),
    .testTarget(
      name: "BenchmarksTests", dependencies: ["covey-bench", "CoveyWire"], swiftSettings: strict),
    .testTarget(name: "House", path: "Tests/House", swiftSettings: strict),
  ]
)
