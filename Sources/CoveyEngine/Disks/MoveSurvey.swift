import Covey

/// What a move would do.
public struct MoveSurvey: Hashable, Sendable {
  /// Where the copies would lie.
  public let folder: String
  /// Space that the layers and memories take, and their copies will.
  public let usage: LayerUsage
  /// Free space where the copies would lie.
  public let free: ByteCount
  /// Bytes a second that the place takes and gives back, as just measured.
  public let rate: Double

  public init(folder: String, usage: LayerUsage, free: ByteCount, rate: Double) {
    self.folder = folder
    self.usage = usage
    self.free = free
    self.rate = rate
  }

  public var files: Int { usage.layers.count + usage.memories.count }

  /// Bytes a second at which the move would go.
  ///
  /// - `limit`: what the user allows; nil is as fast as it goes.
  public func speed(atMost limit: ByteCount?) -> Double {
    min(rate, limit.map { Double($0.bytes) } ?? rate)
  }

  /// How long the move would take; more while the guest writes.
  public func duration(atMost limit: ByteCount?) -> Duration {
    .seconds(Double(usage.total.bytes) / max(speed(atMost: limit), 1))
  }
}
