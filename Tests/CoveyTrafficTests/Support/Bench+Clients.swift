import Covey
import Foundation
import Subprocess
import Testing

@testable import CoveyTraffic

extension Bench {
  /// What curl says to these words, given twenty seconds.
  func curl(_ words: String...) async throws -> String {
    try await Self.tool("curl", ["-sS", "-m", "20"] + words)
  }

  static func tool(_ name: String, _ words: [String]) async throws -> String {
    let result = try await Subprocess.run(
      .name(name), arguments: Arguments(words), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 16))
    guard result.terminationStatus.isSuccess else {
      throw Problem(.internal, subject: name, result.standardError)
    }
    return result.standardOutput
  }

  /// Another group on this bench's listener.
  func frontend(
    _ name: String, hosts: [String] = [], path: String? = nil, certificate: String? = nil,
    isSticky: Bool = false, slowStart: Duration = .zero
  ) throws -> Frontend {
    Frontend(
      group: try Name(name), listen: frontend.listen, hosts: try hosts.map { try HostName($0) },
      path: try path.map { try PathPrefix($0) }, check: .http(path: "/health"),
      certificate: certificate, isSticky: isSticky, slowStart: slowStart)
  }

  func shared(_ frontends: [Frontend], _ mode: TrafficMode = .http) -> Listener {
    Listener(endpoint: frontend.listen, mode: mode, frontends: frontends)
  }

  /// A member of a group, in the balancer.
  func enter(_ number: Int, in frontend: Frontend) async throws -> StandInMember {
    let member = try await member(number, of: frontend.group)
    try await balancer.enter(member.balanced, in: frontend)
    return member
  }

  /// The page of whoever answers for a host and path.
  func page(_ path: String = "/", host: String = "any.example") async throws -> String {
    try await curl("-H", "Host: \(host)", "http://\(frontend.listen)\(path)")
  }

  /// Writes a certificate for a host into a file, made for so many days.
  func makeCertificate(
    for host: String, in name: String, days: String = "30", withKey: Bool = true
  ) async throws -> String {
    let folder = root + "-pem"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let (certificate, key) = ("\(folder)/c.pem", "\(folder)/k.pem")
    _ = try await Self.tool(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", key, "-out", certificate, "-days", days, "-subj", "/CN=\(host)",
        "-addext", "subjectAltName=DNS:\(host)",
      ])
    let text = try [certificate, key].prefix(withKey ? 2 : 1).map {
      try String(contentsOfFile: $0, encoding: .utf8)
    }.joined()
    let file = "\(folder)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    return file
  }

  /// Says something to the listener's admin socket and hears the answer.
  func runtime(_ command: RuntimeCommand) async throws -> String {
    try await balancer.socket(of: folder).ask(command)
  }

  func servers(of frontend: Frontend) async throws -> [RunningServer] {
    try TrafficTable.servers(
      of: frontend.group, in: await runtime(.showServers(of: frontend.group)))
  }
}
