/// What happens to a group under load.
enum Disturbance: String, CaseIterable, Codable, Hashable, Sendable {
  case grow, shrink, update, memberKilled, daemonKilled, activeHAProxyKilled

  /// Whether no request may fail.
  var isPlanned: Bool { [.grow, .shrink, .update].contains(self) }

  /// What the table of the report calls it.
  var title: String {
    switch self {
    case .grow: "a member more (`covey group scale`)"
    case .shrink: "a member fewer"
    case .update: "rolling update of all members (`covey group update`)"
    case .memberKilled: "a member's QEMU killed"
    case .daemonKilled: "coveyd killed and started again"
    case .activeHAProxyKilled: "the active HAProxy of a pair killed"
    }
  }
}

/// What one kind of disturbance cost the clients.
struct DisturbanceFinding: Codable, Hashable, Sendable {
  struct Run: Codable, Hashable, Sendable {
    var answered: Int
    var failed: Int
  }

  var template: String
  var what: Disturbance
  /// In the order in which they were measured.
  var runs: [Run]
  /// How often it could not be measured; nil for never.
  var misses: Int?

  var failed: Int { runs.map(\.failed).reduce(0, +) }
  var requests: Int { runs.map { $0.answered + $0.failed }.reduce(0, +) }
}
