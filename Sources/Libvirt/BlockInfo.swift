/// How large a disk is, in bytes (`virDomainBlockInfo`).
public struct BlockInfo: Sendable, Hashable {
  /// What the guest sees.
  public let capacity: UInt64
  /// What its data takes up on the host.
  public let allocation: UInt64
  /// The end of the image file or device.
  public let physical: UInt64
}
