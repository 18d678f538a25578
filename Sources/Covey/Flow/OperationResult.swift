/// What an operation leaves beside the guest itself.
public struct OperationResult: Hashable, Sendable, Codable {
  /// A file or folder that it made; absolute.
  public let path: String?
  /// SHA-256 of what it made, in hexadecimal.
  public let digest: String?
  /// What a user should know of it, as a clause.
  public let remark: String?

  public init(path: String? = nil, digest: String? = nil, remark: String? = nil) {
    self.path = path
    self.digest = digest
    self.remark = remark
  }
}
