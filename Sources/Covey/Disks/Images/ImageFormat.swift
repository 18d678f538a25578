/// A format of disk images that covey takes in from elsewhere.
public enum ImageFormat: String, Hashable, Sendable, Codable, CaseIterable {
  /// The bytes of the disk and nothing else. It has no magic number, so somebody must say that it is this.
  case raw
  case qcow2
  /// VMware's sparse disk in one file: `monolithicSparse` or `streamOptimized`.
  case vmdk
}
