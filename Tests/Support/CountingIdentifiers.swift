import Covey
import CoveyEngine
import Synchronization

/// Identifiers that tests can foretell: `u1`, `u2`, `op0001`, `op0002`.
public final class CountingIdentifiers: Identifiers {
  private let count = Mutex(0)

  public init() {}

  public func uuid() -> String { "u\(next())" }

  public func operation() -> Operation.Identifier {
    let number = String(next())
    return "op" + String(repeating: "0", count: max(0, 6 - number.count)) + number
  }

  private func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
