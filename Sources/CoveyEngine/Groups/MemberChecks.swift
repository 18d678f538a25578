import Covey

/// Judges members that no balancer judges: those of groups that are reached by DNS alone.
///
/// A member is down after `fall` checks in a row that failed, and up after one that did not, as in HAProxy.
actor MemberChecks {
  static let fall = 3
  static let patience: Duration = .seconds(2)

  private let probe: any HealthProbe
  private var failures: [Name: Int] = [:]

  init(probe: any HealthProbe) { self.probe = probe }

  /// Asks each member once, all at the same time.
  ///
  /// - Returns: those that are down. One whose health is not asked by HTTP is up while its machine runs.
  func look(at members: [Guest]) async -> Set<Name> {
    failures = failures.filter { name, _ in members.contains { $0.name == name } }
    let probe = probe
    let found = await withTaskGroup(of: (Name, Bool).self) { group in
      for member in members {
        guard member.health.kind == .http, let endpoint = member.endpoint(of: member.health.port)
        else { continue }
        group.addTask {
          let failure = await probe.failure(
            of: endpoint, path: member.health.path, within: Self.patience)
          return (member.name, failure == nil)
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for (name, isWell) in found { failures[name] = isWell ? 0 : failures[name, default: 0] + 1 }
    return Set(failures.filter { $0.value >= Self.fall }.keys)
  }
}
