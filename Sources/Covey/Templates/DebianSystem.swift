/// A Debian system that is installed as the root file system of a template.
public struct DebianSystem: Hashable, Sendable {
  /// The release's code name, such as `bookworm`. Its security and stable updates belong to it.
  public let suite: String
  /// What is installed beside Debian's essential packages and apt. Dependencies come along, recommendations do not.
  public let packages: [String]

  public init(suite: String, packages: [String]) {
    self.suite = suite
    self.packages = packages
  }
}
