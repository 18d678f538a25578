/// A member as its balancer sees it.
public struct BalancedMember: Hashable, Sendable, Codable {
  public static let usualWeight = 100
  public static let weightsAllowed = 0...256

  public let name: Name
  public let endpoint: Endpoint
  /// Its share beside the others'; 0 gets no new requests.
  public let weight: Int
  /// Where it says how it is, to HAProxy's agent check; nil where it says nothing.
  public let report: Endpoint?
  /// Where it is checked; nil where that is `endpoint`.
  public let checked: Endpoint?

  public init(
    name: Name, endpoint: Endpoint, weight: Int = BalancedMember.usualWeight,
    report: Endpoint? = nil, checked: Endpoint? = nil
  ) {
    self.name = name
    self.endpoint = endpoint
    self.weight = weight
    self.report = report
    self.checked = checked
  }
}
