/// A failed read or write of a disk, and what the hypervisor did about it.
public struct DiskError: Sendable, Hashable {
  /// The image file on the host; empty for disks without one.
  public let path: String
  /// The device's name in the hypervisor, for example `virtio-disk0`.
  public let alias: String
  public let action: Action
  /// `enospc` when the storage is full, else empty.
  public let reason: String

  /// What happened to the guest (`virDomainEventIOErrorAction`).
  public enum Action: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case none = 0
    case pause = 1
    case report = 2
  }
}
