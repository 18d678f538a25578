extension ImageVerdict {
  /// Judges a qcow2 image that stands on another one on purpose: an incremental backup, an exported guest.
  ///
  /// - `below`: the only name that it may have for that one, a file in the same folder.
  public init(_ bytes: ImageBytes, on below: String, limits: ImageLimits = .init())
    throws(ImageRefusal)
  {
    guard bytes.begins(with: QcowHeader.magic) else { throw .unknownFormat }
    format = .qcow2
    virtualSize = try QcowHeader(bytes).judged(bytes, on: below, limits)
  }
}

extension QcowHeader {
  /// The virtual size, when it stands on a file of that name and nothing else speaks against it.
  func judged(_ bytes: ImageBytes, on below: String, _ limits: ImageLimits) throws(ImageRefusal)
    -> ByteCount
  {
    let name = Array(below.utf8)
    // A name in the header's own fields is none.
    guard backingLength == name.count, backingOffset >= UInt64(length),
      backingOffset <= UInt64(bytes.head.count), bytes.begins(with: name, at: Int(backingOffset))
    else {
      throw .backingFile(
        bytes.shown(at: backingOffset, count: UInt64(backingLength)) ?? "no file at all")
    }
    guard !QcowFeatures(rawValue: incompatible).contains(.dataFile) else {
      throw .dataFile(QcowExtension.dataFile(in: bytes, from: Int(length)))
    }
    try judgeBody(bytes, limits)
    let extensions = try QcowExtension.all(in: bytes, from: Int(length), to: 1 << Int(clusterBits))
    guard extensions.contains(where: { $0.isBackingFormat("qcow2", in: bytes) }) else {
      // QEMU would guess the format from what a guest may have written.
      throw .backingFile("\(below), and does not say that it is a qcow2 image")
    }
    for found in extensions where !found.isBackingFormat("qcow2", in: bytes) {
      try found.judge(bytes)
    }
    return ByteCount(bytes: Int64(size))
  }
}
