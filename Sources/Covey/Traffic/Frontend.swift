/// How a balancer finds out whether a member serves.
public enum MemberCheck: Hashable, Sendable {
  /// A GET of this path, which begins with a slash: well with a status of 200 to 399.
  case http(path: String)
  /// A connection.
  case tcp
  /// Not at all: covey itself asks.
  case none
}

/// What a group's balancer serves for it: where, which requests, and how it treats the members behind it.
public struct Frontend: Hashable, Sendable {
  public let group: Name
  public let listen: Endpoint
  /// The hosts whose requests are the group's; empty takes those of all.
  public let hosts: [HostName]
  /// The paths whose requests are the group's; nil takes all.
  public let path: PathPrefix?
  /// How every member is checked, at its own address.
  public let check: MemberCheck
  /// Absolute path of the PEM file by which its listener speaks TLS; nil is no TLS.
  public let certificate: String?
  public let isSticky: Bool
  /// How long a new member takes to get its full share; zero is none.
  public let slowStart: Duration
  /// Whether the group may sleep: requests that meet no member then go to its door, and are held there.
  public let mayWake: Bool

  public init(
    group: Name, listen: Endpoint, hosts: [HostName] = [], path: PathPrefix? = nil,
    check: MemberCheck = .http(path: "/"), certificate: String? = nil, isSticky: Bool = false,
    slowStart: Duration = .zero, mayWake: Bool = false
  ) {
    self.group = group
    self.listen = listen
    self.hosts = hosts
    self.path = path
    self.check = check
    self.certificate = certificate
    self.isSticky = isSticky
    self.slowStart = slowStart
    self.mayWake = mayWake
  }
}
