/// By what a group's requests are spread over its members.
public enum Balance: String, Hashable, Sendable, Codable, CaseIterable {
  /// HAProxy passes each request to the member with the fewest connections.
  case haproxy
  /// The group's name has the addresses of all its members, in turns; there is no listener.
  case dns
}

/// What HAProxy understands of what it passes on.
public enum TrafficMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// Requests: retried, counted and chosen by host and path one by one.
  case http
  /// Bytes: each connection goes to one member.
  case tcp
}

/// How a group's requests reach its members, as its owner chose it.
public struct Traffic: Hashable, Sendable, Codable {
  public let balance: Balance
  public let mode: TrafficMode
  /// The hosts whose requests are the group's; empty takes those of all. Without repeats.
  public let hosts: [HostName]
  /// The paths whose requests are the group's; nil takes all.
  public let path: PathPrefix?
  /// Absolute path of a PEM file with a certificate, its chain and its private key; nil is no TLS.
  public let certificate: String?
  /// Whether a client comes back to the member that it was at: by a cookie, or in TCP by its address.
  public let isSticky: Bool
  /// How long a new member takes to get its full share; zero is none.
  public let slowStart: Duration

  public static let slowStartAllowed: ClosedRange<Duration> = .zero...(.seconds(3600))
  public static let mostHosts = 50

  /// - Throws: `Refusal.outOfRange` for a field that its mode or balance has no use for, or that is beyond its limits.
  public init(
    balance: Balance = .haproxy, mode: TrafficMode = .http, hosts: [HostName] = [],
    path: PathPrefix? = nil, certificate: String? = nil, isSticky: Bool = false,
    slowStart: Duration = .zero
  ) throws(Refusal) {
    self.balance = balance
    self.mode = mode
    self.hosts = hosts
    self.path = path
    self.certificate = certificate
    self.isSticky = isSticky
    self.slowStart = slowStart
    try check()
  }

  private func check() throws(Refusal) {
    if let certificate, (try? FolderPath(certificate))?.text != certificate {
      throw .outOfRange(
        field: "certificate", value: "\"\(certificate)\"",
        allowed: "the absolute path of a PEM file, without . and ..")
    }
    guard Self.slowStartAllowed.contains(slowStart) else {
      throw .outOfRange(field: "slow-start", value: slowStart.text, allowed: "0s to 1h")
    }
    guard hosts.count <= Self.mostHosts else {
      throw .outOfRange(
        field: "host", value: "\(hosts.count) hosts", allowed: "\(Self.mostHosts) at most")
    }
    let routed = [("host", !hosts.isEmpty), ("path", path != nil)]
    if let field = routed.first(where: \.1), mode == .tcp {
      throw .outOfRange(
        field: field.0, value: "set", allowed: "only in mode http: TCP has neither hosts nor paths")
    }
    let proxied =
      routed + [
        ("certificate", certificate != nil), ("sticky", isSticky),
        ("slow-start", slowStart > .zero),
      ]
    if let field = proxied.first(where: \.1), balance == .dns {
      throw .outOfRange(
        field: field.0, value: "set",
        allowed: "only with balance haproxy: in balance dns clients reach the members themselves")
    }
  }
}

extension Traffic {
  private enum Field: String, CodingKey {
    case balance, mode, hosts, path, certificate, isSticky, slowStart
  }

  /// A stored record keeps to the same limits.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    try self.init(
      balance: fields.decode(Balance.self, forKey: .balance),
      mode: fields.decode(TrafficMode.self, forKey: .mode),
      hosts: fields.decode([HostName].self, forKey: .hosts),
      path: fields.decodeIfPresent(PathPrefix.self, forKey: .path),
      certificate: fields.decodeIfPresent(String.self, forKey: .certificate),
      isSticky: fields.decode(Bool.self, forKey: .isSticky),
      slowStart: fields.decode(Duration.self, forKey: .slowStart))
  }
}
