/// An image from elsewhere, once covey has made its own of it.
public struct TakenImage: Hashable, Sendable {
  /// A new qcow2 file that stands alone.
  public let path: String
  /// What the source was.
  public let format: ImageFormat
  /// Of the disk that a guest sees.
  public let virtualSize: ByteCount
  /// SHA-256 of the source's bytes, in hexadecimal.
  public let digest: String

  public init(path: String, format: ImageFormat, virtualSize: ByteCount, digest: String) {
    self.path = path
    self.format = format
    self.virtualSize = virtualSize
    self.digest = digest
  }
}
