/// A named state of a guest's disk, and of its memory where that was asked for. It never changes.
public struct Snapshot: Hashable, Sendable, Codable {
  /// Unique among the guest's snapshots.
  public let name: Name
  /// The layer that holds its state, together with those below.
  public internal(set) var layer: Int
  public let note: String?
  /// Number of the file that holds the machine's memory and devices; nil for a snapshot of the disk alone.
  public let memory: Int?
  /// Digest of the version of the template that the machine was of whose memory it has; nil without memory, and in records
  /// from before it was noted.
  public let version: String?
  /// Number of the file that holds what the guest's UEFI firmware remembered; nil where it has none.
  public let firmwareState: Int?
  public var consistency: Consistency
  public internal(set) var created: Timestamp

  /// How far what the guest was writing had reached its disk.
  public enum Consistency: String, Hashable, Sendable, Codable, CaseIterable {
    /// The machine was off, after a shutdown: nothing is missing.
    case off
    /// As after a power cut, while the machine ran or since it was ended: what the guest had not flushed is missing.
    case crash
    /// File systems were flushed and frozen by the guest's agent.
    case fileSystem = "file-system"
    /// Memory and devices are of the same moment: nothing is missing.
    case memory
  }

  public init(
    name: Name, layer: Int, note: String? = nil, memory: Int? = nil, version: String? = nil,
    firmwareState: Int? = nil, consistency: Consistency = .crash, created: Timestamp = .zero
  ) {
    self.name = name
    self.layer = layer
    self.note = note
    self.memory = memory
    self.version = version
    self.firmwareState = firmwareState
    self.consistency = consistency
    self.created = created
  }
}
