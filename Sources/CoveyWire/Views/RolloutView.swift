/// A group's members on their way to another version of their template.
public struct RolloutView: Codable, Sendable, Hashable {
  /// Digests.
  public var from: String
  public var to: String
  /// `canary baking rolling settling done rolling-back rolled-back failed`.
  public var phase: String
  public var paused: Bool
  /// Why it is in its phase, where that needs a reason.
  public var reason: String?
  public var surge: Int
  public var unavailable: Int
  public var canary: Int
  /// A duration such as `30s`.
  public var bake: String
  public var rollback: Bool
  /// Members that serve in the version that is wanted now: `from` while it is rolled back, else `to`.
  public var replaced: Int
  /// Members of other versions, in every state.
  public var left: Int
  public var began: String
  /// When the phase began.
  public var since: String

  /// Whether nothing is done about it any more.
  public var isOver: Bool { ["done", "rolled-back", "failed"].contains(phase) }

  public init(
    from: String, to: String, phase: String, paused: Bool, reason: String?, surge: Int,
    unavailable: Int, canary: Int, bake: String, rollback: Bool, replaced: Int, left: Int,
    began: String, since: String
  ) {
    self.from = from
    self.to = to
    self.phase = phase
    self.paused = paused
    self.reason = reason
    self.surge = surge
    self.unavailable = unavailable
    self.canary = canary
    self.bake = bake
    self.rollback = rollback
    self.replaced = replaced
    self.left = left
    self.began = began
    self.since = since
  }
}
