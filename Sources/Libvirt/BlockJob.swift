import CLibvirt

/// How far a long operation on a disk is (`virDomainBlockJobInfo`).
public struct BlockJob: Sendable, Hashable {
  public let kind: BlockJobEvent.Kind
  /// The limit in bytes per second; 0 is none.
  public let bandwidth: UInt64
  /// Bytes worked through. Equal to `total` in the second phase of a copy or an active commit;
  /// libvirt holds it one short of that until then.
  public let done: UInt64
  /// Bytes to work through, as far as is known; 1 says that nothing is known.
  public let total: UInt64

  init(_ info: virDomainBlockJobInfo) {
    kind = .init(code: info.type)
    bandwidth = UInt64(info.bandwidth)
    done = info.cur
    total = info.end
  }
}
