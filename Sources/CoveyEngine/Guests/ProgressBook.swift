import Covey
import Synchronization

/// How much of one step's work is done.
public struct WorkDone: Hashable, Sendable {
  public let done: ByteCount
  public let total: ByteCount

  public init(done: ByteCount, total: ByteCount) {
    self.done = done
    self.total = total
  }
}

/// How far the steps are that take long. Kept in memory alone: a daemon that starts anew measures anew.
public final class ProgressBook: Sendable {
  /// A step's progress with what can be told from it.
  public struct Entry: Hashable, Sendable {
    public let work: WorkDone
    /// Bytes a second since the step began, or was taken up.
    public let rate: Double
    /// Nil while nothing was done.
    public let left: Duration?
  }

  private struct Start: Sendable {
    let at: Timestamp
    let done: ByteCount
    let entry: Entry
  }

  private let starts = Mutex<[Operation.Identifier: Start]>([:])

  public init() {}

  public func entry(of id: Operation.Identifier) -> Entry? { starts.withLock { $0[id]?.entry } }

  func note(_ work: WorkDone, of id: Operation.Identifier, at now: Timestamp) {
    starts.withLock { starts in
      let start = starts[id].map { ($0.at, $0.done) } ?? (now, work.done)
      let seconds = (now - start.0).inSeconds
      let moved = Double(work.done.bytes - start.1.bytes)
      let rate = seconds > 0 ? moved / seconds : 0
      let rest = Double(work.total.bytes - work.done.bytes)
      let left: Duration? = rate > 0 ? .milliseconds(Int64((rest / rate * 1000).rounded())) : nil
      starts[id] = Start(
        at: start.0, done: start.1, entry: Entry(work: work, rate: rate, left: left))
    }
  }

  func forget(_ id: Operation.Identifier) { starts.withLock { $0[id] = nil } }
}
