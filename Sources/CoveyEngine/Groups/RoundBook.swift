import Covey
import Logging

/// Keeps every scaling round: the newest in memory, all of them in the store, written in batches.
///
/// A round that moved is written at once; those that stayed may be lost by a crash, 10 s of them at most.
public actor RoundBook {
  static let writeEvery: Duration = .seconds(10)

  private let store: any Store
  private let logger: Logger
  private let thread = StoreThread("rounds")
  private var unsaved: [Name: [ScalingRound]] = [:]
  private var writtenAt: [Name: Timestamp] = [:]

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  public init(store: any Store, logger: Logger) {
    self.store = store
    self.logger = logger
  }

  public func note(_ round: ScalingRound, of group: Name) {
    unsaved[group, default: []].append(round)
    let isDue = writtenAt[group].map { round.at - $0 >= Self.writeEvery } ?? true
    if round.verdict.move != .stay || isDue { write(group, at: round.at) }
  }

  /// The newest rounds, newest first.
  public func rounds(of group: Name, limit: Int) throws -> [ScalingRound] {
    let fresh = (unsaved[group] ?? []).reversed().prefix(limit)
    return try fresh + store.rounds(of: group, limit: limit - fresh.count)
  }

  public func writeAll(at now: Timestamp) {
    for group in unsaved.keys { write(group, at: now) }
  }

  private func write(_ group: Name, at now: Timestamp) {
    guard let rounds = unsaved[group], !rounds.isEmpty else { return }
    do {
      try store.save(rounds, of: group)
      unsaved[group] = []
      writtenAt[group] = now
    } catch {
      logger.error("scaling rounds not saved: \(error)", metadata: ["group": "\(group)"])
      // Memory is bounded: the oldest go first.
      unsaved[group] = rounds.suffix(600)
    }
  }
}
