/// A version of libvirt or of a hypervisor, as libvirt encodes it.
public struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let major: Int
  public let minor: Int
  public let release: Int

  public init(major: Int, minor: Int, release: Int) {
    self.major = major
    self.minor = minor
    self.release = release
  }

  /// Takes libvirt's number apart: 1,000,000 per major, 1,000 per minor, 1 per release.
  init(encoded: UInt) {
    self.init(
      major: Int(encoded / 1_000_000), minor: Int(encoded / 1_000 % 1_000),
      release: Int(encoded % 1_000))
  }

  public var description: String { "\(major).\(minor).\(release)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.release) < (right.major, right.minor, right.release)
  }
}
