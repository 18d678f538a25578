/// How far a step is that copies much.
public struct ProgressView: Codable, Sendable, Hashable {
  /// Bytes, and bytes a second.
  public var done: Int64
  public var total: Int64
  public var rate: Int64
  /// Seconds until it is done at this rate; nil while unknown.
  public var left: Double?

  public init(done: Int64, total: Int64, rate: Int64, left: Double?) {
    self.done = done
    self.total = total
    self.rate = rate
    self.left = left
  }
}
