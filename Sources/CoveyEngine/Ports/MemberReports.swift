import Covey

/// Asks members how they are, by the protocol of their templates' report port.
public protocol MemberReports: Sendable {
  /// Asks all of them at once; those that do not answer in time, or answer nonsense, are left out.
  func reports(of members: [Name: Endpoint], within limit: Duration) async -> [Name: MemberReport]
}

/// Members that are never asked.
public struct NoReports: MemberReports {
  public init() {}

  public func reports(of members: [Name: Endpoint], within limit: Duration) async
    -> [Name: MemberReport]
  { [:] }
}
