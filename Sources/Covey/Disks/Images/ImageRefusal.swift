/// Why covey does not take an image from elsewhere.
///
/// Names and numbers come from the image and are for people; `ImageBytes.shown` has made them harmless.
public enum ImageRefusal: Error, Hashable, Sendable {
  // Where it lies.
  case unprintablePath
  case relativePath
  case climbingPath
  /// A folder, link, pipe, socket or device.
  case noFile(kind: String)
  case empty
  case fileTooLarge(ByteCount, limit: ByteCount)
  /// A running machine has it open for writing.
  case beingWritten
  case changed

  // What it is.
  case unknownFormat
  case mismatch(declared: ImageFormat, found: String)
  /// Declared raw, and QEMU would take it for something else.
  case disguised(String)
  case foreign(ForeignImage)
  case version(String, UInt32)
  case partSector(Int64)
  case truncated
  case malformed(String)
  case virtualSize(UInt64, limit: ByteCount)

  // Where it points.
  case backingFile(String)
  case dataFile(String?)
  case scattered(type: String, files: [String])

  // What state it is in.
  case encrypted(String)
  case snapshots(Int)
  case dirty
  case corrupt
  case unknownFeatures(UInt64)
  case unknownExtension(UInt32)

  /// qemu-img and covey read it differently.
  case disagreement(String, own: String, qemu: String)
}
