/// A named place for disks; one item of `GET /v1/pools`.
public struct PoolView: Codable, Sendable, Hashable {
  public var name: String
  public var path: String
  /// Who says that it is one: `state-folder`, `covey` or `libvirt`.
  public var keeper: String
  /// Bytes of its file system; null when it is not there.
  @ExplicitNull public var capacity: Int64?
  @ExplicitNull public var free: Int64?
  /// Bytes that guests' disks take there.
  public var used: Int64
  /// Bytes that those disks may grow to: more than `capacity` is thin provisioning.
  public var provisioned: Int64
  /// Names of the guests whose disks lie there.
  public var guests: [String]

  public init(
    name: String, path: String, keeper: String, capacity: Int64?, free: Int64?, used: Int64,
    provisioned: Int64, guests: [String]
  ) {
    self.name = name
    self.path = path
    self.keeper = keeper
    self.capacity = capacity
    self.free = free
    self.used = used
    self.provisioned = provisioned
    self.guests = guests
  }
}
