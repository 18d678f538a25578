import Glibc

/// What the tests of a user keep between runs.
public enum KeptFiles {
  private static let folder = "/var/tmp/covey-tests-\(geteuid())"

  /// Packages and installed systems; covey checks their digests.
  public static let packages = "\(folder)/packages"
  /// What libvirt has learnt of QEMU.
  public static let capabilities = "\(folder)/capabilities"
}
