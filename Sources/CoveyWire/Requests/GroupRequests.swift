/// The fields of a group that its owner may choose; `POST /v1/groups` and `PATCH /v1/groups/{name}`.
///
/// In a `PATCH`, fields that are nil stay as they are.
public struct GroupSettingsBody: Codable, Sendable, Hashable {
  /// Only in a `POST`.
  public var name: String?
  public var template: String?
  public var min: Int?
  public var max: Int?
  public var surge: Int?
  public var standby: Int?
  public var port: Int?
  public var listen: String?
  public var cpus: Int?
  public var memory: String?
  public var disk: String?
  public var cpuAbove: Double?
  public var cpuBelow: Double?
  /// Durations such as `5s`.
  public var `for`: String?
  public var cooldown: String?
  public var interval: String?
  public var drainWithin: String?
  public var readyWithin: String?
  public var idle: String?
  /// `haproxy` or `dns`.
  public var balance: String?
  /// `http` or `tcp`.
  public var mode: String?
  /// None of them takes every host.
  public var hosts: [String]?
  /// An empty text takes every path.
  public var path: String?
  /// Absolute path on the daemon's host; an empty text is no TLS.
  public var certificate: String?
  public var sticky: Bool?
  public var slowStart: String?

  public init(name: String? = nil) { self.name = name }
}

/// `POST /v1/groups/{name}/scale`.
public struct ScaleBody: Codable, Sendable, Hashable {
  public var size: Int

  public init(size: Int) { self.size = size }
}

/// `POST /v1/groups/{name}/weight`.
public struct WeightBody: Codable, Sendable, Hashable {
  public var member: String
  /// 0 to 256; 100 is usual.
  public var weight: Int

  public init(member: String, weight: Int) {
    self.member = member
    self.weight = weight
  }
}

/// `POST /v1/apply`.
public struct ApplyBody: Codable, Sendable, Hashable {
  /// The file's name, for error messages.
  public var file: String
  public var yaml: String
  public var dryRun: Bool

  public init(file: String, yaml: String, dryRun: Bool) {
    self.file = file
    self.yaml = yaml
    self.dryRun = dryRun
  }
}
