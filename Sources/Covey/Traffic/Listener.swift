/// An address and port at which one balancer serves one group or several.
public struct Listener: Hashable, Sendable {
  public let endpoint: Endpoint
  public let mode: TrafficMode
  /// By the groups' names; at least one.
  public let frontends: [Frontend]

  public init(endpoint: Endpoint, mode: TrafficMode, frontends: [Frontend]) {
    self.endpoint = endpoint
    self.mode = mode
    self.frontends = frontends.sorted { $0.group < $1.group }
  }

  public var hasTLS: Bool { frontends.contains { $0.certificate != nil } }

  /// Which requests go to which group, the most specific first: a host with the longest path, a host, the longest path, all.
  public var routes: [Route] {
    let all = frontends.flatMap { frontend in
      Route.all(hosts: frontend.hosts, path: frontend.path).map { ($0, frontend.group) }
    }
    return all.map { Route(host: $0.host, path: $0.path, group: $1) }.sorted(by: Route.comesFirst)
  }

  /// The same without a group; nil when nothing is left.
  public func without(_ group: Name) -> Listener? {
    let others = frontends.filter { $0.group != group }
    return others.isEmpty ? nil : Listener(endpoint: endpoint, mode: mode, frontends: others)
  }
}

/// The requests for one host and below one path, nil being all, and the group that they go to.
public struct Route: Hashable, Sendable {
  public let host: HostName?
  public let path: PathPrefix?
  public let group: Name

  fileprivate static func comesFirst(_ one: Route, _ other: Route) -> Bool {
    if (one.host == nil) != (other.host == nil) { return one.host != nil }
    let lengths = [one, other].map { $0.path?.text.utf8.count ?? 0 }
    if lengths[0] != lengths[1] { return lengths[0] > lengths[1] }
    // No request fits both, so the order is only for texts that compare.
    return (one.host?.text ?? "", one.path?.text ?? "", one.group)
      < (other.host?.text ?? "", other.path?.text ?? "", other.group)
  }

  /// What a group asks for, one host at a time.
  fileprivate static func all(hosts: [HostName], path: PathPrefix?) -> [Target] {
    hosts.isEmpty
      ? [Target(host: nil, path: path)] : hosts.map { Target(host: $0, path: path) }
  }

  fileprivate struct Target: Hashable {
    let host: HostName?
    let path: PathPrefix?
  }
}

extension Listener {
  /// Whether a group may listen where others do: all by HTTP, each with requests of its own, all with TLS or none.
  ///
  /// - Throws: `Refusal.listenerOfTCP`, `.listenerTLSDiffers`, `.routeTaken`.
  static func check(_ spec: GroupSpec, beside others: [Group]) throws(Refusal) {
    guard let listen = spec.listen else { return }
    let mine = Set(Route.all(hosts: spec.traffic.hosts, path: spec.traffic.path))
    for other in others.sorted(by: { $0.name < $1.name }) where other.spec.listen == listen {
      let traffic = other.spec.traffic
      guard spec.traffic.mode == .http, traffic.mode == .http else {
        throw .listenerOfTCP(listen, group: other.name)
      }
      guard (spec.traffic.certificate == nil) == (traffic.certificate == nil) else {
        throw .listenerTLSDiffers(
          listen, group: other.name, hasTLS: traffic.certificate != nil)
      }
      let theirs = Set(Route.all(hosts: traffic.hosts, path: traffic.path))
      let shared = mine.intersection(theirs).min { ($0.host?.text ?? "") < ($1.host?.text ?? "") }
      if let shared {
        throw .routeTaken(listen, host: shared.host, path: shared.path, group: other.name)
      }
    }
  }
}
