extension Group {
  /// What the group's balancer serves for it. Nil where there is none: balance dns.
  public func frontend(in inventory: Inventory) -> Frontend? {
    guard let listen = spec.listen else { return nil }
    let traffic = spec.traffic
    return Frontend(
      group: name, listen: listen, hosts: traffic.hosts, path: traffic.path,
      check: checkedVersion(in: inventory)?.health.byBalancer ?? .none,
      certificate: traffic.certificate, isSticky: traffic.isSticky,
      slowStart: traffic.slowStart, mayWake: spec.min == 0)
  }

  /// The version whose health check all members are asked by: what serves decides, whatever was built since.
  ///
  /// While versions change it is the one that the group had before. A group that keeps to none asks as most of its serving
  /// members want it, or of those on their way where none serves yet; of equals the older version. The newest counts only
  /// where nobody is there.
  private func checkedVersion(in inventory: Inventory) -> Template? {
    if let pinned = version.flatMap({ inventory.templates[$0] }) { return pinned }
    let rising = inventory.members(of: name).filter { isRising($0, in: inventory) }
    let serving = rising.filter { $0.state == .serving }
    let versions = (serving.isEmpty ? rising : serving)
      .compactMap { inventory.templates[$0.templateDigest] }
    let counts = Dictionary(versions.map { ($0, 1) }, uniquingKeysWith: +)
    let most = counts.max { one, other in
      (one.value, other.key.created, other.key.digest)
        < (other.value, one.key.created, one.key.digest)
    }
    return most?.key ?? inventory.template(spec.template)
  }
}

extension Inventory {
  /// All listeners, by their endpoints, with the groups that share each; those that are being deleted too, until they are gone.
  public var listeners: [Listener] {
    Dictionary(grouping: groups.values.filter { $0.spec.listen != nil }) { $0.spec.listen }
      .compactMap { endpoint, groups in endpoint.map { listener($0, groups) } }
      .sorted { $0.endpoint.description < $1.endpoint.description }
  }

  public func listener(at endpoint: Endpoint) -> Listener? {
    let there = groups.values.filter { $0.spec.listen == endpoint }
    return there.isEmpty ? nil : listener(endpoint, there)
  }

  /// The listener of a group, shared or not; nil where there is none.
  public func listener(of group: Name) -> Listener? {
    groups[group]?.spec.listen.flatMap { listener(at: $0) }
  }

  private func listener(_ endpoint: Endpoint, _ groups: [Group]) -> Listener {
    Listener(
      endpoint: endpoint, mode: groups.first?.spec.traffic.mode ?? .http,
      frontends: groups.compactMap { $0.frontend(in: self) })
  }

  /// A member as its balancer is to see it; nil for a guest without a group, or one that does not serve its port.
  public func balanced(_ member: Guest) -> BalancedMember? {
    guard let group = member.group.flatMap({ groups[$0] }),
      let endpoint = member.endpoint(of: group.spec.port)
    else { return nil }
    let checked = member.endpoint(of: member.health.port)
    return BalancedMember(
      name: member.name, endpoint: endpoint, weight: group.weight(of: member.name),
      report: reportEndpoint(of: member), checked: checked == endpoint ? nil : checked)
  }
}

extension HealthCheck {
  /// What HAProxy can do of it.
  fileprivate var byBalancer: MemberCheck {
    guard port != 0 else { return .none }
    return switch kind {
    case .http: .http(path: path)
    case .tcp: .tcp
    case .agent: .none
    }
  }
}
