import Foundation
import Support
import Testing

/// A state folder in which the template `tiny-web` is sealed; every test's daemon starts on a copy of its own.
///
/// It lives from before the first test to after the last.
struct BuiltTemplate: SuiteTrait, TestScoping {
  @TaskLocal static var seed = ""

  /// What daemons start, and leave to this process when they are killed; no test starts one itself. The last two are those that
  /// had not become their program yet: they bear the names of the threads that made them.
  private static let reaper = Reaper(
    orphans: ["qemu-system", "haproxy", "tini", "libvirtd", "dnsmasq", "libvirt-", "rpc-"],
    looks: 0, interval: .milliseconds(5))

  func provideScope(
    for test: Test, testCase: Test.Case?, performing tests: @Sendable () async throws -> Void
  ) async throws {
    async let _: Void = Self.reaper.run()
    let daemon = try Daemon(state: "/tmp/cvs-seed-\(getpid())")
    try await daemon.whileItLives {
      try daemon.useKeptPackages()
      try await daemon.start()
      try await daemon.does("template build \(Binaries.tinyWeb)")
      // libvirt takes seconds to look at QEMU for the first time, and keeps what it saw.
      try await daemon.does("doctor")
      try await daemon.stop()
      try await Self.$seed.withValue(daemon.state) { try await tests() }
      try await CheckerSeed.shared.remove()
    }
  }
}

extension Trait where Self == BuiltTemplate {
  static var builtTemplate: Self { BuiltTemplate() }
}
