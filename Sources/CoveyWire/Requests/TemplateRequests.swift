/// `POST /v1/templates`.
public struct BuildTemplateBody: Codable, Sendable, Hashable {
  /// Absolute path of the template's folder on the daemon's host.
  public var folder: String

  public init(folder: String) { self.folder = folder }
}

/// `POST /v1/templates/{name}/warm`: of which size its forks shall be.
public struct WarmBody: Codable, Sendable, Hashable {
  /// Nil takes the template's.
  public var cpus: Int?
  /// Such as `256MiB`; nil takes the template's.
  public var memory: String?

  public init(cpus: Int? = nil, memory: String? = nil) {
    self.cpus = cpus
    self.memory = memory
  }
}
