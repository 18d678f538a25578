/// The header of a sparse VMDK, numbers little-endian, offsets in sectors (VMware's Virtual Disk Format 5.0).
struct VMDKHeader: Hashable, Sendable {
  static let magic = Array("KDMV".utf8)
  /// A directory that is not written yet: the footer knows where it is.
  static let atEnd = UInt64.max

  let version: UInt32
  let flags: UInt32
  /// Of the disk, in sectors.
  let capacity: UInt64
  /// Sectors in a grain, the unit that is allocated.
  let grain: UInt64
  let descriptorOffset: UInt64
  let descriptorLength: UInt64
  /// Grains that one table names.
  let tableEntries: UInt32
  let spareDirectory: UInt64
  let directory: UInt64
  /// Where the data begin.
  let overhead: UInt64
  /// Whether a machine has it open, or died with it.
  let isUnclean: Bool
  let lineEnds: UInt32
  let compression: UInt16

  init(_ bytes: ImageBytes) throws(ImageRefusal) { try self.init(bytes.head, at: 0) }

  /// - `start`: where the magic number stands.
  init(_ bytes: [UInt8], at start: Int) throws(ImageRefusal) {
    version = try ImageBytes.little(bytes, start + 4)
    flags = try ImageBytes.little(bytes, start + 8)
    capacity = try ImageBytes.little(bytes, start + 12)
    grain = try ImageBytes.little(bytes, start + 20)
    descriptorOffset = try ImageBytes.little(bytes, start + 28)
    descriptorLength = try ImageBytes.little(bytes, start + 36)
    tableEntries = try ImageBytes.little(bytes, start + 44)
    spareDirectory = try ImageBytes.little(bytes, start + 48)
    directory = try ImageBytes.little(bytes, start + 56)
    overhead = try ImageBytes.little(bytes, start + 64)
    let unclean: UInt8 = try ImageBytes.little(bytes, start + 72)
    isUnclean = unclean != 0
    lineEnds = try ImageBytes.little(bytes, start + 73)
    compression = try ImageBytes.little(bytes, start + 77)
  }
}
