import Covey
import CoveyEngine

/// Sees whether a mirror that is held to a rate comes nearer to its end, and raises the rate where it does not. Pure.
struct MirrorThrottle {
  /// How long a mirror may come no nearer.
  static let patience: Duration = .seconds(10)

  private(set) var rate: ByteCount
  private var least = ByteCount(bytes: .max)
  private var since: Timestamp

  init(rate: ByteCount, began: Timestamp) {
    self.rate = rate
    since = began
  }

  /// - Returns: the rate from now on, where it has to change.
  mutating func raised(seeing work: WorkDone, at now: Timestamp) -> ByteCount? {
    let left = ByteCount(bytes: work.total.bytes - work.done.bytes)
    if left < least { (least, since) = (left, now) }
    guard now - since >= Self.patience else { return nil }
    rate = rate + rate
    (least, since) = (left, now)
    return rate
  }
}
