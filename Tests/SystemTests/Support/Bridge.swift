import CoveyWire
import Foundation
import Subprocess
import Testing

/// The network stack of a daemon that has one of its own, seen from inside it.
struct Bridge {
  let daemon: Daemon
  /// The host's own address on the bridge.
  let host: String

  /// Runs a daemon on a private libvirtd and a network that it makes.
  static func use(_ test: (Daemon, Bridge) async throws -> Void) async throws {
    try await Daemon.unstarted { daemon in
      let root = "\(daemon.state)/system"
      try FileManager.default.createDirectory(
        atPath: root, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
      try await daemon.start(
        ["--connect", "qemu:///system", "--network", "covey", "--subnet", "10.77.0.0/24"],
        in: SystemLibvirt.words(root: root, hasNetwork: true))
      try await test(daemon, Bridge(daemon: daemon, host: "10.77.0.1"))
    }
  }

  /// Runs a program inside, and gives what it wrote to standard output.
  func run(_ words: String...) async throws -> String {
    let result = try await Subprocess.run(
      .name("nsenter"), arguments: Arguments(["-t", "\(daemon.pid)", "-n", "-m"] + words),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return result.standardOutput
  }

  @discardableResult func virsh(_ words: String...) async throws -> String {
    let line = ["-t", "\(daemon.pid)", "-n", "-m", "virsh", "-q", "-c", "qemu:///system"] + words
    let result = try await Subprocess.run(
      .name("nsenter"), arguments: Arguments(line), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    #expect(result.terminationStatus.isSuccess, "virsh \(words): \(result.standardError)")
    return result.standardOutput
  }

  func page(_ path: String, at endpoint: String) async throws -> Page {
    Page(status: 200, body: try await run("curl", "-sf", "-m", "20", "http://\(endpoint)\(path)"))
  }

  /// The addresses that the network's DNS answers for a name.
  func addresses(of name: String) async throws -> Set<String> {
    let text = try await run("busybox", "nslookup", "-type=a", name, host)
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("Address") }
    // The first line is the server's own.
    return Set(lines.dropFirst().compactMap { $0.split(separator: " ").last.map(String.init) })
  }

  /// What is reserved, as `MAC ADDRESS`.
  func reservations() async throws -> Set<String> {
    let text = try await virsh("net-dumpxml", "covey")
    return Set(
      text.matches(of: /<host mac='([0-9a-f:]+)'(?: name='[^']*')? ip='([0-9.]+)'/)
        .map { "\($0.1) \($0.2)" })
  }

  /// What is leased, as `MAC ADDRESS`.
  func leases() async throws -> Set<String> {
    let text = try await virsh("net-dhcp-leases", "covey")
    return Set(text.matches(of: /([0-9a-f:]{17}) +ipv4 +([0-9.]+)/).map { "\($0.1) \($0.2)" })
  }
}
