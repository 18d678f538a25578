/// How far a step is that copies much.
public struct ProgressView: Codable, Sendable, Hashable {
  /// Bytes.
  public var done: Int64
  public var total: Int64
  /// Bytes a second; nil where it is not measured.
  public var rate: Int64?
  /// Seconds until it is done at this rate; nil while unknown.
  public var left: Double?

  public init(done: Int64, total: Int64, rate: Int64?, left: Double?) {
    self.done = done
    self.total = total
    self.rate = rate
    self.left = left
  }
}
