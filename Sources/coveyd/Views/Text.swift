import Covey
import Foundation

extension Timestamp {
  /// RFC 3339, UTC, with milliseconds.
  var text: String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      .formatted(
        .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(
          separator: .omitted))
  }
}
