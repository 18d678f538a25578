extension Group {
  /// What the group's balancer serves for it. Nil where there is none: balance dns.
  public func frontend(in inventory: Inventory) -> Frontend? {
    guard let listen = spec.listen else { return nil }
    let traffic = spec.traffic
    // While versions change, the one that serves already says what is asked.
    let health = (version.flatMap { inventory.templates[$0] } ?? inventory.template(spec.template))?
      .health
    return Frontend(
      group: name, listen: listen, hosts: traffic.hosts, path: traffic.path,
      check: health?.byBalancer ?? .none,
      certificate: traffic.certificate, isSticky: traffic.isSticky,
      slowStart: traffic.slowStart, mayWake: spec.min == 0)
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
