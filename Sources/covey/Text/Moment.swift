import Foundation

/// The API's times: RFC 3339, UTC, with milliseconds.
enum Moment {
  static func date(_ text: String) -> Date? {
    let exact = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    if let date = try? exact.parse(text) { return date }
    return try? Date.ISO8601FormatStyle().parse(text)
  }

  /// Seconds from one time to another; nil when either is missing or unreadable.
  static func seconds(from start: String?, to end: String?) -> Double? {
    guard let start = start.flatMap(date), let end = end.flatMap(date) else { return nil }
    return end.timeIntervalSince(start)
  }

  /// `12:30:05` of a time, UTC; the text itself where it is no time.
  static func clock(_ text: String) -> String {
    guard let mark = text.firstIndex(of: "T") else { return text }
    let clock = text[text.index(after: mark)...].prefix(8)
    return clock.count == 8 ? String(clock) : text
  }

  /// `2026-11-22 12:30:05 UTC`.
  static func full(_ text: String) -> String {
    guard let mark = text.firstIndex(of: "T") else { return text }
    return "\(text[..<mark]) \(clock(text)) UTC"
  }
}
