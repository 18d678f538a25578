/// A warm set of a template: guests of its size are forked from it.
public struct WarmView: Codable, Sendable, Hashable {
  public var id: String
  public var cpus: Int
  /// Bytes; so are all sizes.
  public var memory: Int64
  /// `ready`, or `refused` with the reason in `problem`.
  public var state: String
  public var problem: ErrorView?
  /// Space on disk of all its files.
  public var diskUsed: Int64
  /// The part of `diskUsed` that is memory; forks share it.
  public var memoryUsed: Int64
  /// Seconds from start to first answer that each fork is spared.
  public var bootTime: Double
  public var created: String
  /// Only in infos: what must be the same where it is resumed.
  public var fingerprint: [String: String]?

  public init(
    id: String, cpus: Int, memory: Int64, state: String, diskUsed: Int64, memoryUsed: Int64,
    bootTime: Double, created: String
  ) {
    self.id = id
    self.cpus = cpus
    self.memory = memory
    self.state = state
    self.diskUsed = diskUsed
    self.memoryUsed = memoryUsed
    self.bootTime = bootTime
    self.created = created
  }
}
