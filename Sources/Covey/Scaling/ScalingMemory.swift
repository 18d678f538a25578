/// What a policy remembers between two looks.
public struct ScalingMemory: Hashable, Sendable, Codable {
  /// Since when the mean has been over the upper threshold, without a break.
  public var aboveSince: Timestamp?
  /// Since when the mean has been under the lower threshold, without a break.
  public var belowSince: Timestamp?
  /// When the group last reached its desired size after a change.
  public var settledAt: Timestamp?

  /// Since when no request has come and none was under way; nil while some are, or nobody knows.
  public var quietSince: Timestamp?

  public init() {}
}
