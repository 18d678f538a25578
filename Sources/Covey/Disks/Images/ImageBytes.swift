/// The parts of an image file that its judges look at.
public struct ImageBytes: Hashable, Sendable {
  /// Bytes at the beginning that suffice: qcow2 keeps its header in the first cluster, of 2 MiB at most.
  public static let headLength = 2 << 20
  /// Bytes at the end that suffice: the footer of a VMDK with its two markers.
  public static let tailLength = 3 * 512

  public let head: [UInt8]
  public let tail: [UInt8]
  /// Of the whole file.
  public let size: Int64

  /// - `head`: the first `headLength` bytes, or all that there are.
  /// - `tail`: the last `tailLength` bytes, or all that there are.
  public init(head: [UInt8], tail: [UInt8], size: Int64) {
    self.head = head
    self.tail = tail
    self.size = size
  }

  /// A file that is held whole.
  init(_ file: [UInt8]) {
    self.init(
      head: Array(file.prefix(Self.headLength)), tail: Array(file.suffix(Self.tailLength)),
      size: Int64(file.count))
  }

  func begins(with magic: some Collection<UInt8>, at offset: Int = 0) -> Bool {
    head.count >= offset + magic.count && head[offset...].starts(with: magic)
  }

  func big<T: FixedWidthInteger>(_ offset: Int, _: T.Type = T.self) throws(ImageRefusal) -> T {
    try Self.bytes(of: head, offset, MemoryLayout<T>.size).reduce(0) { $0 << 8 | T($1) }
  }

  func little<T: FixedWidthInteger>(_ offset: Int, _: T.Type = T.self) throws(ImageRefusal) -> T {
    try Self.little(head, offset)
  }

  static func little<T: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int) throws(ImageRefusal)
    -> T
  {
    try self.bytes(of: bytes, offset, MemoryLayout<T>.size).reversed()
      .reduce(0) { $0 << 8 | T($1) }
  }

  private static func bytes(of bytes: [UInt8], _ offset: Int, _ count: Int) throws(ImageRefusal)
    -> ArraySlice<UInt8>
  {
    guard offset >= 0, offset <= bytes.count - count else { throw .truncated }
    return bytes[offset..<offset + count]
  }

  /// Bytes of the head as text for people; nil when they do not lie there.
  func shown(at offset: UInt64, count: UInt64) -> String? {
    let length = UInt64(head.count)
    guard count > 0, offset < length, count <= length - offset else { return nil }
    return Self.shown(head[Int(offset)..<Int(offset + count)])
  }

  /// Text that somebody else chose, short and without what a terminal would obey.
  static func shown(_ text: some Sequence<UInt8>) -> String {
    let most = 120
    let bytes = Array(text.prefix(most + 1))
    let plain = bytes.prefix(most).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: plain, as: UTF8.self) + (bytes.count > most ? "..." : "")
  }
}
