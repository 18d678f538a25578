/// What a guest and its process use of the memory, in bytes (`virDomainMemoryStatTags`).
///
/// Nil means not reported. Most values come from the balloon device: without one, only
/// `resident` and `actual` are there.
public struct MemoryStatistics: Sendable, Hashable {
  /// The guest's present size.
  public let actual: UInt64?
  /// What the hypervisor's process holds of the host's memory.
  public let resident: UInt64?
  /// What the guest says it could use.
  public let available: UInt64?
  /// What the guest says nobody uses.
  public let unused: UInt64?
  /// What the guest says it could give to a new program without swapping.
  public let usable: UInt64?
  /// What the guest's file cache holds.
  public let diskCaches: UInt64?
  /// What the guest has read back from swap.
  public let swappedIn: UInt64?
  /// What the guest has written to swap.
  public let swappedOut: UInt64?

  /// Takes libvirt's tags, whose values are KiB.
  init(_ values: [Int32: UInt64]) {
    func bytes(_ tag: Int32) -> UInt64? { values[tag].map { $0 << 10 } }
    swappedIn = bytes(0)
    swappedOut = bytes(1)
    unused = bytes(4)
    available = bytes(5)
    actual = bytes(6)
    resident = bytes(7)
    usable = bytes(8)
    diskCaches = bytes(10)
  }
}
