/// One file of a warm set.
public struct WarmFile: Hashable, Sendable, Codable {
  public enum Role: String, Hashable, Sendable, Codable, CaseIterable { case memory, state, disk }

  public let role: Role
  /// SHA-256 of its bytes, in hexadecimal.
  public let digest: String
  /// Its length; holes take no space.
  public let size: ByteCount

  public init(role: Role, digest: String, size: ByteCount) {
    self.role = role
    self.digest = digest
    self.size = size
  }
}
