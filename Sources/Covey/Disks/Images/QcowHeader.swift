/// The header of a qcow2 image as it is written, numbers big-endian (docs/interop/qcow2.txt of QEMU).
struct QcowHeader: Hashable, Sendable {
  static let magic: [UInt8] = [0x51, 0x46, 0x49, 0xFB]

  let version: UInt32
  let backingOffset: UInt64
  let backingLength: UInt32
  /// The size of a cluster is 2 to this power.
  let clusterBits: UInt32
  let size: UInt64
  let encryption: UInt32
  let l1Entries: UInt32
  let l1Offset: UInt64
  let refcountOffset: UInt64
  let refcountClusters: UInt32
  let snapshots: UInt32
  let incompatible: UInt64
  /// A reference count has 2 to this power bits.
  let refcountOrder: UInt32
  /// Where the extensions begin.
  let length: UInt32
  let compression: UInt8

  /// - Throws: `.truncated`, and `.version` for those that have another layout.
  init(_ bytes: ImageBytes) throws(ImageRefusal) {
    version = try bytes.big(4)
    guard version == 2 || version == 3 else { throw .version("qcow2", version) }
    backingOffset = try bytes.big(8)
    backingLength = try bytes.big(16)
    clusterBits = try bytes.big(20)
    size = try bytes.big(24)
    encryption = try bytes.big(32)
    l1Entries = try bytes.big(36)
    l1Offset = try bytes.big(40)
    refcountOffset = try bytes.big(48)
    refcountClusters = try bytes.big(56)
    snapshots = try bytes.big(60)
    // The place of the snapshots, at 64, matters to nobody when there are none.
    let isThird = version == 3
    incompatible = isThird ? try bytes.big(72) : 0
    refcountOrder = isThird ? try bytes.big(96) : 4
    length = isThird ? try bytes.big(100) : 72
    compression = isThird && length > 104 ? try bytes.big(104) : 0
  }
}

/// Bits of `QcowHeader.incompatible`: who does not know one must not open the image.
struct QcowFeatures: OptionSet, Hashable, Sendable {
  let rawValue: UInt64

  static let dirty = QcowFeatures(rawValue: 1 << 0)
  static let corrupt = QcowFeatures(rawValue: 1 << 1)
  static let dataFile = QcowFeatures(rawValue: 1 << 2)
  static let compression = QcowFeatures(rawValue: 1 << 3)
  static let subclusters = QcowFeatures(rawValue: 1 << 4)

  static let known: QcowFeatures = [.dirty, .corrupt, .dataFile, .compression, .subclusters]
}
