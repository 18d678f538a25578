import CoveyWire
import Foundation
import Testing

/// What became of an operation whose daemon may be held still.
enum Standing: Sendable {
  /// coveyd holds still at the point that it was told.
  case held
  case over(OperationView)
}

extension Daemon {
  func newestOperation() async throws -> OperationView {
    let list: ListView<OperationView> = try await client.get(Routes.operations)
    return try #require(list.items.first)
  }

  /// The newest operation of a verb; nil where there is none.
  func operation(_ verb: String) async throws -> OperationView? {
    let list: ListView<OperationView> = try await client.get(Routes.operations)
    return list.items.first { $0.verb == verb }
  }

  /// Waits until the daemon holds still at the point that it was started with.
  func holdsStill(at point: String) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
      if isHeld { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Unexpected("coveyd never came to \(point)")
  }

  private var isHeld: Bool {
    let facts = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    return facts.split(separator: ")").last?.split(separator: " ").first == "T"
  }

  /// Waits until the daemon holds still, or the operation of that verb is over. A daemon that holds still answers nothing.
  private func standing(of verb: String, newerThan before: String?) async throws -> Standing {
    try await withThrowingTaskGroup(of: Standing.self) { group in
      group.addTask {
        try await self.holdsStill(at: "a point of \(verb)")
        return .held
      }
      group.addTask {
        while true {
          // Not yet listening; the other one's deadline bounds it.
          if let operation = try? await self.operation(verb), operation.isOver,
            operation.id != before
          {
            return .over(operation)
          }
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      defer { group.cancelAll() }
      return try #require(try await group.next())
    }
  }

  /// Kills the daemon at every moment of one operation, one after another: each daemon goes on from what the one before left.
  ///
  /// - Parameters:
  ///   - verb: as the engine calls it; `undo-VERB` for the way back of one that fails.
  ///   - steps: whose moments are gone through, in the order in which they come; nil for all there are, forwards.
  ///   - isNew: nobody asked for the operation yet; else an earlier daemon has begun it, and none runs.
  ///   - begin: asks for the operation. The daemon may hold still before it answers, and is gone then.
  /// - Returns: what became of it, and how often the daemon was killed.
  func killed(
    atEachMomentOf verb: String, steps: [Int]? = nil, isNew: Bool = true,
    begin: @escaping @Sendable () async throws -> Void
  ) async throws -> (operation: OperationView, kills: Int) {
    let name = verb.hasPrefix("undo-") ? String(verb.dropFirst("undo-".count)) : verb
    let points = (steps ?? Array(0..<40)).flatMap {
      ["\(verb)/\($0)/before", "\(verb)/\($0)/after"]
    }
    let before = isNew ? try await operation(name)?.id : nil
    if isNew {
      try await stop()
      try await start(["--stop-at", points[0]])
    }
    async let asked: Void = begin()
    var kills = 0
    for point in points {
      if kills > 0 || !isNew { try launch(["--stop-at", point]) }
      switch try await standing(of: name, newerThan: before) {
      case .held:
        kills += 1
        try await kill9()
      case .over(let operation):
        #expect(steps == nil && kills > 0, "\(verb) never came to \(point): \(operation)")
        return (operation, kills)
      }
    }
    _ = try? await asked  // it was told that the daemon is gone
    try await start()
    try await eventually("\(name) is over") { try await operation(name)?.isOver == true }
    return (try #require(try await operation(name)), kills)
  }
}
