/// Lets one at a time work on a thing, first come, first served; the next begins when the one before has really ended.
///
/// Different things do not wait for each other. Whoever waits is not woken by a cancellation.
public actor Turns<Key: Hashable & Sendable> {
  /// What is being worked on, each with those who wait.
  private var waiting: [Key: [CheckedContinuation<Void, Never>]] = [:]

  public init() {}

  /// Runs the body when its turn has come.
  public nonisolated func run<Value: Sendable>(
    _ key: Key, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    await take(key)
    do {
      let value = try await body()
      await give(key)
      return value
    } catch {
      await give(key)
      throw error
    }
  }

  /// Waits for the turn, which lasts until it is given back.
  public func take(_ key: Key) async {
    guard waiting[key] != nil else {
      waiting[key] = []
      return
    }
    await withCheckedContinuation { waiting[key, default: []].append($0) }
  }

  public func give(_ key: Key) {
    guard var queue = waiting[key], !queue.isEmpty else {
      waiting[key] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[key] = queue
    next.resume()
  }
}
