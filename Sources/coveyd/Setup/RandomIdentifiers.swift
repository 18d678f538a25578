import Covey
import CoveyEngine
import Foundation

/// Identifiers that no other covey gives out.
struct RandomIdentifiers: Identifiers {
  func uuid() -> String { UUID().uuidString.lowercased() }

  /// Milliseconds and three random digits, in base 36: eleven or twelve characters that sort by age.
  func operation() -> Covey.Operation.Identifier {
    let milliseconds = Int64(Date().timeIntervalSince1970 * 1000)
    let suffix = String(Int.random(in: 0..<46656), radix: 36)
    return String(milliseconds, radix: 36) + String(repeating: "0", count: 3 - suffix.count)
      + suffix
  }
}
