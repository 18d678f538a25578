/// What covey asks of a sparse VMDK before any program of QEMU's sees it.
extension VMDKHeader {
  /// Sectors: 4 KiB to 4 MiB. VMware writes 64 KiB.
  private static let grainsAllowed: ClosedRange<UInt64> = 8...8192
  /// Bytes that stand for a line's end, a space, and both of a DOS line's, to tell a transfer as text.
  private static let untouched: UInt32 = 0x0A0D_200A
  private static let hasSpareDirectory: UInt32 = 1 << 1

  /// The virtual size, when nothing speaks against the image.
  func judged(_ bytes: ImageBytes, _ limits: ImageLimits) throws(ImageRefusal) -> ByteCount {
    try refuseReferences(bytes)
    try checkNumbers(limits)
    guard !isUnclean else { throw .dirty }
    if directory == Self.atEnd {
      try footer(bytes).checkTables(fileSize: UInt64(bytes.size))
    } else {
      try checkTables(fileSize: UInt64(bytes.size))
    }
    return ByteCount(bytes: Int64(capacity * 512))
  }

  /// What would make QEMU open another file: a descriptor in place of data, extents, a parent.
  private func refuseReferences(_ bytes: ImageBytes) throws(ImageRefusal) {
    let text = try descriptorText(bytes)
    let descriptor = VMDKDescriptor(text)
    // QEMU takes a header without capacity for a mere envelope of the descriptor, and opens what that lists.
    guard capacity > 0 else { throw descriptor.scattered }
    // And it looks for a parent in these bytes, wherever the header says that the descriptor is.
    let searched = bytes.head.dropFirst(512).prefix(20 * 512)
    for place in [text[...], searched] {
      if let parent = VMDKDescriptor.parent(in: place) { throw .backingFile(parent) }
    }
    try descriptor.judge()
  }

  private func descriptorText(_ bytes: ImageBytes) throws(ImageRefusal) -> [UInt8] {
    let sectors = UInt64(ImageBytes.headLength / 512)
    guard descriptorOffset > 0, descriptorLength > 0 else {
      throw .malformed("it has no descriptor, as the parts of a split VMDK")
    }
    guard descriptorOffset < sectors, descriptorLength <= sectors - descriptorOffset else {
      throw .malformed("its descriptor claims to be \(descriptorLength) sectors long")
    }
    let start = Int(descriptorOffset) * 512
    guard start < bytes.head.count else { throw .truncated }
    return Array(bytes.head[start...].prefix(Int(descriptorLength) * 512))
  }

  private func checkNumbers(_ limits: ImageLimits) throws(ImageRefusal) {
    guard (1...3).contains(version) else { throw .version("VMDK", version) }
    guard lineEnds == Self.untouched else {
      throw .malformed("its line ends were altered, as by a transfer as text")
    }
    let (bytes, isOver) = capacity.multipliedReportingOverflow(by: 512)
    try ImageVerdict.check(isOver ? .max - 511 : bytes, limits)
    guard Self.grainsAllowed.contains(grain), grain.nonzeroBitCount == 1 else {
      throw .malformed("grains have \(grain) sectors")
    }
    guard (1...512).contains(tableEntries) else {
      throw .malformed("grain tables have \(tableEntries) entries")
    }
    guard compression <= 1 else { throw .malformed("its compression is of type \(compression)") }
  }

  /// The header at the end, which counts once the directory is there.
  private func footer(_ bytes: ImageBytes) throws(ImageRefusal) -> VMDKHeader {
    let tail = bytes.tail
    guard bytes.size.isMultiple(of: 512), tail.count == ImageBytes.tailLength,
      tail[512...].starts(with: Self.magic)
    else { throw .malformed("its footer is missing, as when a download was cut off") }
    let footer = try VMDKHeader(tail, at: 512)
    guard footer.capacity == capacity, footer.grain == grain, footer.version == version,
      footer.tableEntries == tableEntries, footer.compression == compression,
      footer.directory != Self.atEnd
    else { throw .malformed("its header and its footer differ") }
    return footer
  }

  private func checkTables(fileSize: UInt64) throws(ImageRefusal) {
    let sectors = fileSize / 512
    let entries = (capacity - 1) / (grain * UInt64(tableEntries)) + 1
    let length = (entries * 4 + 511) / 512
    var places = [directory]
    if flags & Self.hasSpareDirectory != 0 { places.append(spareDirectory) }
    for place in places {
      guard place > 0, place < sectors, length <= sectors - place else {
        throw .malformed("its grain directory lies beyond the end of the file")
      }
    }
    guard overhead <= sectors else { throw .malformed("its data begin beyond the end of the file") }
  }
}
