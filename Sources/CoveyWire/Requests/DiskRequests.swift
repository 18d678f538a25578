/// `POST /v1/guests/{name}/disk/move`.
public struct MoveBody: Codable, Sendable, Hashable {
  /// A pool's name, or a folder's absolute path.
  public var to: String
  /// Bytes a second at most, such as `50MiB`.
  public var rate: String?
  /// Only says what would be copied.
  public var dryRun: Bool?

  public init(to: String, rate: String? = nil, dryRun: Bool? = nil) {
    self.to = to
    self.rate = rate
    self.dryRun = dryRun
  }
}

/// `POST /v1/guests/{name}/disk/resize`.
public struct ResizeBody: Codable, Sendable, Hashable {
  /// Such as `20GiB`; rounded up to whole MiB.
  public var size: String

  public init(size: String) { self.size = size }
}

/// `POST /v1/guests/{name}/disk/rebase`.
public struct RebaseBody: Codable, Sendable, Hashable {
  /// The beginning of a version's digest; nil takes the newest.
  public var version: String?

  public init(version: String? = nil) { self.version = version }
}

/// `POST /v1/pools`.
public struct PoolBody: Codable, Sendable, Hashable {
  public var name: String
  /// A folder's absolute path.
  public var path: String

  public init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}
