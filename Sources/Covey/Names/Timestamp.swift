/// A moment of wall-clock time, in milliseconds since 1970-01-01 UTC.
///
/// Rules receive it as a value; only the clock port reads the time.
public struct Timestamp: Hashable, Sendable, Comparable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static let zero = Timestamp(milliseconds: 0)

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }
  public static func + (time: Timestamp, span: Duration) -> Timestamp {
    Timestamp(milliseconds: time.milliseconds + span.milliseconds)
  }
  public static func - (left: Timestamp, right: Timestamp) -> Duration {
    .milliseconds(left.milliseconds - right.milliseconds)
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws { milliseconds = try Int64(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try milliseconds.encode(to: encoder) }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  public var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }

  /// Seconds with their fraction, for arithmetic and display.
  public var inSeconds: Double { Double(milliseconds) / 1000 }

  /// Reads `500ms`, `10s`, `5m`, `1h`, `2.5s`; a bare number is seconds.
  ///
  /// - Throws: `Refusal.malformedDuration` for anything else, negative spans and those over 30 days included.
  public init(reading text: String) throws(Refusal) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units: [String: Double] = ["ms": 0.001, "": 1, "s": 1, "m": 60, "min": 60, "h": 3600]
    guard let value = Double(number), let unit = units[String(text.dropFirst(number.count))],
      value * unit <= 30 * 24 * 3600
    else { throw .malformedDuration(text) }
    self = .milliseconds(Int64((value * unit * 1000).rounded()))
  }

  /// The shortest exact form: `500ms`, `10s`, `1.5s`, `5m`.
  public var text: String {
    let total = milliseconds
    if total % 1000 != 0 { return total < 1000 ? "\(total)ms" : "\(Double(total) / 1000)s" }
    let seconds = total / 1000
    if seconds >= 3600, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
    if seconds >= 60, seconds % 60 == 0 { return "\(seconds / 60)m" }
    return "\(seconds)s"
  }
}
