/// How an owner wants a group's members replaced.
public struct RolloutPlan: Hashable, Sendable, Codable {
  /// How many members there may be over the desired size.
  public let surge: Int
  /// How many members fewer than desired may serve.
  public let unavailable: Int
  /// How many members are replaced and watched before the others are; 0 is none.
  public let canary: Int
  /// How long new members are watched: the first few before the others follow, and all before it is done.
  public let bake: Duration
  /// Whether what goes wrong is taken back.
  public let rollsBack: Bool

  public static let surgeAllowed = 0...10
  public static let unavailableAllowed = 0...100
  public static let canaryAllowed = 0...100
  public static let bakeAllowed: ClosedRange<Duration> = .zero...(.seconds(86400))

  /// - Throws: `Refusal.outOfRange`; also where neither surge nor unavailable leaves room to replace anything.
  public init(
    surge: Int = 1, unavailable: Int = 0, canary: Int = 1, bake: Duration = .seconds(30),
    rollsBack: Bool = true
  ) throws(Refusal) {
    try Self.check("surge", surge, Self.surgeAllowed)
    try Self.check("unavailable", unavailable, Self.unavailableAllowed)
    try Self.check("canary", canary, Self.canaryAllowed)
    guard Self.bakeAllowed.contains(bake) else {
      throw .outOfRange(field: "bake", value: bake.text, allowed: "0s to 24h")
    }
    guard surge + unavailable > 0 else {
      throw .outOfRange(
        field: "surge", value: "0, and unavailable too",
        allowed: "1 or more for one of them: else no member could be replaced")
    }
    self.surge = surge
    self.unavailable = unavailable
    self.canary = canary
    self.bake = bake
    self.rollsBack = rollsBack
  }

  private static func check(_ field: String, _ value: Int, _ allowed: ClosedRange<Int>)
    throws(Refusal)
  {
    guard allowed.contains(value) else {
      throw .outOfRange(
        field: field, value: "\(value)", allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
    }
  }
}
