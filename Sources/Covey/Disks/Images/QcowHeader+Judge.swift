/// What covey asks of a qcow2 header before any program of QEMU's sees it.
extension QcowHeader {
  static let clusterBitsAllowed: ClosedRange<UInt32> = 9...21
  /// QEMU's own bounds (`block/qcow2.h`): 32 MiB of first-level table, 8 MiB of reference counts' table.
  static let largestL1 = UInt64(32 << 20)
  static let largestRefcountTable = UInt64(8 << 20)

  private var features: QcowFeatures { QcowFeatures(rawValue: incompatible) }
  private var cluster: UInt64 { 1 << UInt64(clusterBits) }

  /// The virtual size, when nothing speaks against the image.
  func judged(_ bytes: ImageBytes, _ limits: ImageLimits) throws(ImageRefusal) -> ByteCount {
    try refuseReferences(bytes)
    try refuseStates()
    try checkNumbers()
    try ImageVerdict.check(size, limits)
    let extensions = try QcowExtension.all(in: bytes, from: Int(length), to: Int(cluster))
    for found in extensions { try found.judge(bytes) }
    try checkTables(fileSize: UInt64(bytes.size))
    return ByteCount(bytes: Int64(size))
  }

  /// What would make QEMU open another file. These come first, so that they are told whatever else is wrong.
  private func refuseReferences(_ bytes: ImageBytes) throws(ImageRefusal) {
    guard backingOffset == 0, backingLength == 0 else {
      // No name lies in the header's own fields.
      let name =
        backingOffset < 72 ? nil : bytes.shown(at: backingOffset, count: UInt64(backingLength))
      throw .backingFile(name ?? "a name that is not in the header")
    }
    guard !features.contains(.dataFile) else {
      throw .dataFile(QcowExtension.dataFile(in: bytes, from: Int(length)))
    }
  }

  /// Whatever it stands on: its state, its numbers and its tables.
  func judgeBody(_ bytes: ImageBytes, _ limits: ImageLimits) throws(ImageRefusal) {
    try refuseStates()
    try checkNumbers()
    try ImageVerdict.check(size, limits)
    try checkTables(fileSize: UInt64(bytes.size))
  }

  private func refuseStates() throws(ImageRefusal) {
    switch encryption {
    case 0: break
    case 1: throw .encrypted("AES")
    case 2: throw .encrypted("LUKS")
    default: throw .encrypted("method \(encryption)")
    }
    guard snapshots == 0 else { throw .snapshots(Int(snapshots)) }
    guard !features.contains(.corrupt) else { throw .corrupt }
    guard !features.contains(.dirty) else { throw .dirty }
    let unknown = features.subtracting(.known)
    guard unknown.isEmpty else { throw .unknownFeatures(unknown.rawValue) }
  }

  private func checkNumbers() throws(ImageRefusal) {
    guard Self.clusterBitsAllowed.contains(clusterBits) else {
      throw .malformed("clusters have 2^\(clusterBits) bytes, and 2^9 to 2^21 are allowed")
    }
    guard version == 2 || (104...cluster).contains(UInt64(length)), length.isMultiple(of: 8) else {
      throw .malformed("the header claims to be \(length) bytes long")
    }
    guard refcountOrder <= 6 else {
      throw .malformed("reference counts claim to have 2^\(refcountOrder) bits")
    }
    guard compression <= 1, (compression == 1) == features.contains(.compression) else {
      throw .malformed("the compression type \(compression) does not fit the feature bits")
    }
    // 32 subclusters share a cluster, and none is smaller than a sector.
    guard clusterBits >= 14 || !features.contains(.subclusters) else {
      throw .malformed("clusters of \(cluster) bytes cannot have subclusters")
    }
  }

  /// Both tables lie in the file, whole, in clusters of their own, and the first one reaches the end of the disk.
  private func checkTables(fileSize: UInt64) throws(ImageRefusal) {
    let entries = cluster / (features.contains(.subclusters) ? 16 : 8)
    let needed = (size - 1) / (cluster * entries) + 1
    let l1Length = UInt64(l1Entries) * 8
    guard l1Length <= Self.largestL1, l1Entries >= needed else {
      throw .malformed("the L1 table has \(l1Entries) entries where the disk needs \(needed)")
    }
    let countsLength = UInt64(refcountClusters) * cluster
    guard refcountClusters > 0, countsLength <= Self.largestRefcountTable else {
      throw .malformed("the refcount table has \(refcountClusters) clusters")
    }
    let end = (fileSize - 1) / cluster * cluster + cluster
    try check("L1 table", at: l1Offset, l1Length, end: end)
    try check("refcount table", at: refcountOffset, countsLength, end: end)
    guard l1Offset + l1Length <= refcountOffset || refcountOffset + countsLength <= l1Offset else {
      throw .malformed("the L1 table and the refcount table overlap")
    }
  }

  private func check(
    _ table: String, at offset: UInt64, _ length: UInt64, end: UInt64
  ) throws(ImageRefusal) {
    guard offset >= cluster, offset.isMultiple(of: cluster) else {
      throw .malformed("the \(table) begins at \(offset), where no table can be")
    }
    guard offset < end, length <= end - offset else {
      throw .malformed("the \(table) lies beyond the end of the file")
    }
  }
}
