import Covey

/// Asks members how they are, at their templates' report port.
public protocol MemberReports: Sendable {
  /// Asks all of them at once, and returns when each has answered or the limit is over.
  ///
  /// Fails for nobody: who does not answer, or answers nonsense, is found so. The answer has just those that were asked.
  func ask(_ members: [Name: Endpoint], within limit: Duration) async -> [Name: ReportFinding]
}
