/// One disk's statistics, counted since the domain started.
public struct BlockStatistics: Sendable, Hashable {
  /// The disk's target, for example `vda`.
  public let name: String
  /// The image file, when there is one.
  public let path: String?
  public let readRequests: UInt64?
  public let readBytes: UInt64?
  public let writeRequests: UInt64?
  public let writeBytes: UInt64?
  public let flushRequests: UInt64?
  /// Bytes that the image takes up on the host.
  public let allocation: UInt64?
  /// Bytes that the guest sees.
  public let capacity: UInt64?
  /// Bytes to the end of the image file.
  public let physical: UInt64?

  init(index: Int, raw: [String: TypedValue]) {
    func value(_ key: String) -> TypedValue? { raw["block.\(index).\(key)"] }
    name = value("name")?.text ?? ""
    path = value("path")?.text
    readRequests = value("rd.reqs")?.unsigned
    readBytes = value("rd.bytes")?.unsigned
    writeRequests = value("wr.reqs")?.unsigned
    writeBytes = value("wr.bytes")?.unsigned
    flushRequests = value("fl.reqs")?.unsigned
    allocation = value("allocation")?.unsigned
    capacity = value("capacity")?.unsigned
    physical = value("physical")?.unsigned
  }
}
