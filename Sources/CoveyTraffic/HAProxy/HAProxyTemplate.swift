import Covey
import Foundation
import Mustache

/// The text that configurations are rendered from: covey's own, or an owner's (`coveyd --haproxy-template FILE`).
///
/// It is Mustache, and nothing is escaped: only words that were checked before go in.
public struct HAProxyTemplate: Sendable {
  /// What problems call it.
  let subject: String
  private let template: MustacheTemplate
  /// The folder of the sockets at which the requests of sleeping groups are held, one with each group's name; nil where
  /// nobody holds them.
  let doors: String?

  /// covey's own.
  public init(doors: String? = nil) throws {
    let text = String(decoding: PackageResources.haproxy_cfg, as: UTF8.self)
    try self.init(text, subject: "covey's own template", doors: doors)
  }

  /// An owner's. Blocks.
  ///
  /// - Throws: `.invalid` when the file cannot be read, is no Mustache, or leaves out what covey cannot do without.
  public init(file: String, doors: String? = nil) throws {
    guard let data = FileManager.default.contents(atPath: file),
      let text = String(data: data, encoding: .utf8)
    else {
      throw Problem(
        .invalid, subject: file, "the HAProxy template \(file) cannot be read as text",
        hint: "check its path and permissions, or leave out --haproxy-template")
    }
    try self.init(text, subject: file, doors: doors)
    // So that a wrong one is refused before anything runs by it.
    for mode in TrafficMode.allCases {
      let sample = try Listener.sample(mode)
      _ = try HAProxyConfiguration(
        sample, key: "sample", template: self, members: sample.sampleMembers())
    }
  }

  init(_ text: String, subject: String, doors: String? = nil) throws {
    self.subject = subject
    self.doors = doors
    do {
      template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + text)
    } catch {
      throw Problem(
        .invalid, subject: subject, "the HAProxy template \(subject) is no Mustache: \(error)",
        hint: "compare it with covey's own: docs/traffic.md")
    }
  }

  /// Where the requests of a frontend's group are held while it sleeps; nil where it does not.
  func door(of frontend: Frontend) -> String? {
    frontend.mayWake ? doors.map { "\($0)/\(frontend.group)" } : nil
  }

  func render(_ values: [String: Any]) -> String { template.render(values) }
}

extension Listener {
  /// Something of everything, for a trial: TLS, routes, sticky clients, and a group that may sleep.
  fileprivate static func sample(_ mode: TrafficMode) throws -> Listener {
    let listen = try Endpoint("127.0.0.1:8080")
    func frontend(_ name: String, hosts: [HostName], path: PathPrefix?) throws -> Frontend {
      Frontend(
        group: try Name(name), listen: listen, hosts: hosts, path: path,
        check: mode == .http ? .http(path: "/health") : .tcp, certificate: "/sample.pem",
        isSticky: true, mayWake: true)
    }
    let routed = try frontend("sample", hosts: [HostName("sample.example")], path: PathPrefix("/a"))
    let all = try frontend("sample-all", hosts: [], path: nil)
    return Listener(endpoint: listen, mode: mode, frontends: mode == .http ? [routed, all] : [all])
  }

  /// One for each group, as a process that takes over has it.
  fileprivate func sampleMembers() throws -> HAProxyConfiguration.Members {
    let endpoint = try Endpoint("127.0.0.2:80")
    return try frontends.reduce(into: [:]) { members, frontend in
      members[frontend.group] = [
        RunningServer(
          member: BalancedMember(name: try Name("\(frontend.group)-1"), endpoint: endpoint),
          weight: BalancedMember.usualWeight, isUp: true, administration: 0, isAgentEnabled: false)
      ]
    }
  }
}
