/// What an operation made beside the guest.
public struct ResultView: Codable, Sendable, Hashable {
  /// A file or folder; absolute.
  public var path: String?
  /// SHA-256, in hexadecimal.
  public var digest: String?
  /// What a user should know of it, as a clause.
  public var remark: String?

  public init(path: String?, digest: String?, remark: String?) {
    self.path = path
    self.digest = digest
    self.remark = remark
  }
}
