import Covey
import Foundation

extension Timestamp {
  /// RFC 3339, UTC, with milliseconds.
  var text: String {
    // Formatting cuts off after the milliseconds; half of one keeps what binary fractions fall short by.
    Date(timeIntervalSince1970: (Double(milliseconds) + 0.5) / 1000)
      .formatted(
        .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(
          separator: .omitted))
  }
}
