import Covey
import CoveyEngine
import Foundation
import Synchronization

/// Identifiers that no other covey gives out, and that this one gives out once.
final class RandomIdentifiers: Identifiers {
  private let latest = Mutex<Int64>(0)

  func uuid() -> String { UUID().uuidString.lowercased() }

  /// Milliseconds with room for a thousand in each, in base 36: they sort by age.
  func operation() -> Covey.Operation.Identifier {
    let now = Int64(Date().timeIntervalSince1970 * 1000) * 1000
    let number = latest.withLock { latest in
      latest = max(latest + 1, now)
      return latest
    }
    return String(number, radix: 36)
  }
}
