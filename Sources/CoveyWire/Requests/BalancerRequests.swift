/// `POST /v1/balancers`.
public struct BalancerBody: Codable, Sendable, Hashable {
  public var name: String
  /// Such as `10.77.0.100/24`.
  public var address: String
  /// Each as `NETNS:INTERFACE:ADDRESS`.
  public var seats: [String]
  /// VRRP's number; nil takes a free one.
  public var router: Int?
  /// Only says what would be made.
  public var dryRun: Bool?

  public init(
    name: String, address: String, seats: [String], router: Int? = nil, dryRun: Bool? = nil
  ) {
    self.name = name
    self.address = address
    self.seats = seats
    self.router = router
    self.dryRun = dryRun
  }
}
