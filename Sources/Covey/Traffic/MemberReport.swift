/// What a member says about itself at its template's report port (docs/reports.md).
///
/// HAProxy reads the first line by itself; the rest is for covey.
public struct MemberReport: Hashable, Sendable {
  /// A longer report is nonsense.
  public static let mostBytes = 1024
  public static let mostMetrics = 16
  public static let weightsAllowed = 0...256
  public static let largestCost = 1e9

  /// What the member wants to be.
  public enum Standing: String, Hashable, Sendable, Codable, CaseIterable {
    case up
    /// It ends what it has begun and wants nothing new.
    case drain
    /// It wants to be left alone, its checks included.
    case maint
    /// It cannot serve.
    case down
  }

  public let standing: Standing
  /// Percent of its full share; nil where it leaves that alone.
  public let weight: Int?
  /// Why, in its own words; printable ASCII.
  public let why: String?
  /// What removing it now would cost, such as its open sessions; nil where it does not say.
  public let cost: Double?
  public let metrics: [Name: Double]

  public init(
    standing: Standing, weight: Int? = nil, why: String? = nil, cost: Double? = nil,
    metrics: [Name: Double] = [:]
  ) {
    self.standing = standing
    self.weight = weight
    self.why = why
    self.cost = cost
    self.metrics = metrics
  }

  /// Whether it asks for no new requests while it is well.
  public var wantsNothingNew: Bool { standing == .drain || standing == .maint }
}

/// What asking a member for its report came to.
public enum ReportFinding: Hashable, Sendable {
  case said(MemberReport)
  /// It answered, and not with a report; why, in words.
  case nonsense(String)
  /// It did not answer in time; why, in words.
  case silent(String)

  public var report: MemberReport? { if case .said(let report) = self { report } else { nil } }

  /// What a member says that is down by its own word; nil for every other.
  public var wordsOfDown: String? { report?.standing == .down ? remark : nil }

  /// What its row should show beside its state; nil when there is nothing to say.
  public var remark: String? {
    switch self {
    case .said(let report):
      let words: String? =
        switch report.standing {
        case .up: nil
        case .drain: "it asks for no new requests"
        case .maint: "it asks to be left alone"
        case .down: "it says that it is down"
        }
      return words.map { $0 + (report.why.map { ": \($0)" } ?? "") }
    case .nonsense(let why): return "its report is nonsense: \(why)"
    case .silent(let why): return "it does not report: \(why)"
    }
  }
}
