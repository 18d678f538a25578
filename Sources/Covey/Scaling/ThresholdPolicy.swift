/// The rule that turns the members' mean CPU use into growth or shrinkage by one.
///
/// Percentages are of the members' virtual CPUs: 100 means that all of them are busy.
public struct ThresholdPolicy: Hashable, Sendable, Codable {
  public let cpuAbove: Double
  public let cpuBelow: Double
  /// How long the mean must stay beyond a threshold.
  public let hold: Duration
  /// How long nothing changes after the last change has settled.
  public let cooldown: Duration

  /// - Throws: `Refusal.outOfRange`, `.thresholdsCross`.
  public init(cpuAbove: Double, cpuBelow: Double, hold: Duration, cooldown: Duration)
    throws(Refusal)
  {
    guard cpuAbove > 0, cpuAbove <= 100 else {
      throw .outOfRange(
        field: "cpu-above", value: "\(cpuAbove)", allowed: "a percentage over 0 and up to 100")
    }
    guard cpuBelow >= 0, cpuBelow <= 100 else {
      throw .outOfRange(
        field: "cpu-below", value: "\(cpuBelow)", allowed: "a percentage of 0 to 100")
    }
    guard cpuBelow < cpuAbove else { throw .thresholdsCross(above: cpuAbove, below: cpuBelow) }
    self.cpuAbove = cpuAbove
    self.cpuBelow = cpuBelow
    self.hold = hold
    self.cooldown = cooldown
  }

  /// Refuses thresholds under which one more member makes the group want one fewer again.
  ///
  /// The worst case is the first step, from `min` (at least one) members: load that holds them at the upper
  /// threshold leaves `above * n / (n + 1)` on each of one more.
  ///
  /// - Throws: `Refusal.thresholdsOscillate`.
  public func checkStability(min: Int, max: Int) throws(Refusal) {
    let members = Swift.max(min, 1)
    guard members < max else { return }
    let falls = cpuAbove * Double(members) / Double(members + 1)
    guard cpuBelow < falls else {
      throw .thresholdsOscillate(above: cpuAbove, below: cpuBelow, from: members, falls: falls)
    }
  }
}

extension ThresholdPolicy {
  private enum Field: String, CodingKey { case cpuAbove, cpuBelow, hold, cooldown }

  /// A stored record keeps to the same limits.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    try self.init(
      cpuAbove: fields.decode(Double.self, forKey: .cpuAbove),
      cpuBelow: fields.decode(Double.self, forKey: .cpuBelow),
      hold: fields.decode(Duration.self, forKey: .hold),
      cooldown: fields.decode(Duration.self, forKey: .cooldown))
  }
}
