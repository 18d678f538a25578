/// Where a sleeping group's requests are held, and where they may go.
public struct Door: Hashable, Sendable {
  /// Those that serve now; nobody yet where it is empty.
  public let members: [BalancedMember]
  /// Why nobody will come; nil while there is hope.
  public let refusal: String?
  /// Whether a request that is turned away is told so by HTTP.
  public let speaksHTTP: Bool

  public init(members: [BalancedMember], refusal: String?, speaksHTTP: Bool) {
    self.members = members
    self.refusal = refusal
    self.speaksHTTP = speaksHTTP
  }
}

extension Group {
  /// Whether it may sleep, so that something must hear its first request.
  public var mayBeAsleep: Bool { spec.min == 0 && !isBeingDeleted }

  /// Whether it sleeps: nobody serves and nobody is wanted.
  public func isAsleep(in inventory: Inventory) -> Bool {
    desired == 0 && isSettled(in: inventory)
  }
}

extension Inventory {
  /// The doors of all groups that may be asleep, and of those that no longer may and at whose doors somebody is still. Pure.
  ///
  /// - `down`: members that their balancer's checks find down; they get no request that waited.
  /// - `held`: groups at whose doors somebody waits, or is being passed on.
  public func doors(down: Set<Name>, held: Set<Name> = [], at now: Timestamp) -> [Name: Door] {
    groups.values.filter { group in
      group.mayBeAsleep || (held.contains(group.name) && !group.isBeingDeleted)
    }.reduce(into: [Name: Door]()) { $0[$1.name] = door(of: $1, down, at: now) }
  }

  private func door(of group: Group, _ down: Set<Name>, at now: Timestamp) -> Door {
    let members = members(of: group.name).compactMap { member -> BalancedMember? in
      guard member.state == .serving, !down.contains(member.name) else { return nil }
      return member.endpoint(of: group.spec.port).map {
        BalancedMember(name: member.name, endpoint: $0)
      }
    }
    return Door(
      members: members, refusal: refusal(of: group, at: now),
      speaksHTTP: group.spec.traffic.mode == .http)
  }

  private func refusal(of group: Group, at now: Timestamp) -> String? {
    if group.brake.hasStopped { return "group \(group.name): \(group.brake.holds(at: now) ?? "")" }
    guard group.isPaused, group.desired == 0 else { return nil }
    return "group \(group.name) is asleep and paused"
  }
}
