/// `POST /v1/guests`.
public struct LaunchBody: Codable, Sendable, Hashable {
  public var name: String
  public var template: String
  /// Nil takes the template's.
  public var cpus: Int?
  /// Such as `256MiB`; nil takes the template's.
  public var memory: String?
  /// `persistent` (default) or `ephemeral`.
  public var disk: String?
  /// Such as `20GiB`; nil takes the template's.
  public var diskSize: String?
  /// Such as `60s`; nil takes the template's.
  public var readyWithin: String?
  /// Leaves a guest that failed to become ready, so that it can be looked at.
  public var keepFailed: Bool?
  /// Boots also when the template is warm.
  public var boot: Bool?

  public init(name: String, template: String) {
    self.name = name
    self.template = template
  }
}

/// `POST /v1/guests/{name}/stop` and `/restart`.
public struct StopBody: Codable, Sendable, Hashable {
  /// How long the guest may take to power off; nil takes 20 s.
  public var within: String?
  /// Ends the machine at once.
  public var force: Bool?

  public init(within: String? = nil, force: Bool? = nil) {
    self.within = within
    self.force = force
  }
}
