/// What an image from elsewhere is, once nothing speaks against it.
///
/// The verdict rests on the file's bytes alone. Neither its name nor what QEMU would guess has a say.
public struct ImageVerdict: Hashable, Sendable {
  public let format: ImageFormat
  /// Of the disk that a guest sees.
  public let virtualSize: ByteCount

  /// - `declared`: what the user says that it is; nil lets the magic number decide. A raw image must be declared: having no
  ///   magic number is no evidence, and a guest can write any into its own raw disk.
  public init(_ bytes: ImageBytes, declared: ImageFormat? = nil, limits: ImageLimits = .init())
    throws(ImageRefusal)
  {
    guard bytes.size > 0 else { throw .empty }
    guard bytes.size <= limits.file.bytes else {
      throw .fileTooLarge(ByteCount(bytes: bytes.size), limit: limits.file)
    }
    format = try Self.format(ImageKind(bytes), declared, bytes)
    switch format {
    case .raw: virtualSize = try Self.rawSize(bytes)
    case .qcow2: virtualSize = try QcowHeader(bytes).judged(bytes, limits)
    case .vmdk: virtualSize = try VMDKHeader(bytes).judged(bytes, limits)
    }
    try Self.check(UInt64(virtualSize.bytes), limits)
  }

  /// - Throws: `.virtualSize` when it is zero, over the limit or no whole number of sectors.
  static func check(_ size: UInt64, _ limits: ImageLimits) throws(ImageRefusal) {
    guard size > 0, size <= UInt64(limits.virtualSize.bytes), size.isMultiple(of: 512) else {
      throw .virtualSize(size, limit: limits.virtualSize)
    }
  }

  private static func format(
    _ kind: ImageKind?, _ declared: ImageFormat?, _ bytes: ImageBytes
  ) throws(ImageRefusal) -> ImageFormat {
    switch (kind, declared) {
    case (nil, .raw): return .raw
    case (nil, nil): throw .unknownFormat
    case (nil, let declared?): throw .mismatch(declared: declared, found: "nothing of that kind")
    case (let kind?, .raw): throw .disguised(kind.words)
    case (.foreign(let foreign), _): throw .foreign(foreign)
    case (.descriptor, .qcow2):
      throw .mismatch(declared: .qcow2, found: ImageKind.descriptor.words)
    case (.descriptor, _):
      throw VMDKDescriptor(bytes.head).scattered
    case (.taken(let found), let declared):
      guard let declared, declared != found else { return found }
      throw .mismatch(declared: declared, found: "a \(found.rawValue) image")
    }
  }

  private static func rawSize(_ bytes: ImageBytes) throws(ImageRefusal) -> ByteCount {
    guard bytes.size.isMultiple(of: 512) else { throw .partSector(bytes.size) }
    return ByteCount(bytes: bytes.size)
  }
}
