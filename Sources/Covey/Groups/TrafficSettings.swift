/// The fields of a group's traffic as a user writes them, each of which may be missing.
public struct TrafficSettings: Hashable, Sendable {
  public var balance: Balance?
  public var mode: TrafficMode?
  /// None of them takes every host.
  public var hosts: [HostName]?
  /// An empty text takes every path.
  public var path: String?
  /// An empty text is no TLS.
  public var certificate: String?
  public var isSticky: Bool?
  public var slowStart: Duration?

  public init() {}

  /// The traffic of a new group, or an older one with the fields that are given replaced.
  ///
  /// - Throws: `Refusal.outOfRange`, `.malformedPath`.
  public func traffic(changing old: Traffic?) throws(Refusal) -> Traffic {
    let path: PathPrefix? =
      switch self.path {
      case nil: old?.path
      case "": nil
      case let text?: try PathPrefix(text)
      }
    return try Traffic(
      balance: balance ?? old?.balance ?? .haproxy, mode: mode ?? old?.mode ?? .http,
      hosts: hosts ?? old?.hosts ?? [], path: path,
      certificate: certificate.map { $0.isEmpty ? nil : $0 } ?? old?.certificate,
      isSticky: isSticky ?? old?.isSticky ?? false, slowStart: slowStart ?? old?.slowStart ?? .zero)
  }
}
