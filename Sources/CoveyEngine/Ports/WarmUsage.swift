import Covey

/// What a warm set takes.
public struct WarmUsage: Hashable, Sendable {
  /// Space on disk of all its files; holes take none.
  public let disk: ByteCount
  /// The part of it that is memory: each page of it is held once, however many forks read it.
  public let memory: ByteCount

  public init(disk: ByteCount, memory: ByteCount) {
    self.disk = disk
    self.memory = memory
  }
}
