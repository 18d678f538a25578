import Covey

/// One writer per group: whoever comes while another is at work waits for its turn, first come,
/// first served.
actor Turns {
  /// Groups that are being worked on, each with those who wait.
  private var waiting: [Name: [CheckedContinuation<Void, Never>]] = [:]

  /// Runs the body when its turn has come. Different groups do not wait for each other.
  nonisolated func run<Value: Sendable>(
    _ group: Name, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    await take(group)
    do {
      let value = try await body()
      await give(group)
      return value
    } catch {
      await give(group)
      throw error
    }
  }

  private func take(_ group: Name) async {
    guard waiting[group] != nil else {
      waiting[group] = []
      return
    }
    await withCheckedContinuation { waiting[group, default: []].append($0) }
  }

  private func give(_ group: Name) {
    guard var queue = waiting[group], !queue.isEmpty else {
      waiting[group] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[group] = queue
    next.resume()
  }
}
