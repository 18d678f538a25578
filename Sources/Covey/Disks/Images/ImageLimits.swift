/// How large an image from elsewhere may be.
public struct ImageLimits: Hashable, Sendable {
  /// The largest virtual size that covey takes, whatever is asked for.
  public static let largestVirtualSize = ByteCount.gibibytes(2048)
  /// What an image file may be larger than the largest virtual size, for its tables.
  static let tables = ByteCount.gibibytes(64)

  /// Of the disk that a guest sees.
  public let virtualSize: ByteCount
  /// Of the file.
  public var file: ByteCount { virtualSize + Self.tables }

  /// - `quota`: the largest virtual size that the caller wants; one over `largestVirtualSize` is lowered to it.
  public init(quota: ByteCount = largestVirtualSize) {
    virtualSize = min(quota, Self.largestVirtualSize)
  }
}
