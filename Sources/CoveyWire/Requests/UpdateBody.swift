/// `POST /v1/groups/{name}/update`. What is nil takes its default.
public struct UpdateBody: Codable, Sendable, Hashable {
  /// The beginning of a version's digest; nil is the newest.
  public var to: String?
  public var surge: Int?
  public var unavailable: Int?
  public var canary: Int?
  /// A duration such as `30s`.
  public var bake: String?
  /// Whether what goes wrong is taken back; it is, when nothing is said.
  public var rollback: Bool?
  /// Answers with the group as it would be, and changes nothing.
  public var dryRun: Bool?

  public init() {}
}
