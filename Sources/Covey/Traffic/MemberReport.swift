/// What a member says about itself when it is asked.
public struct MemberReport: Hashable, Sendable {
  /// What its removal would cost, such as its open sessions; 0 or more. Nil where it does not say.
  public let cost: Double?

  public init(cost: Double?) { self.cost = cost }
}
