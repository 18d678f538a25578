import Covey

/// One writer per listener: whoever comes while another is at work waits for its turn, first come,
/// first served.
actor Turns {
  /// Those that are being worked on, each with those who wait.
  private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

  /// Runs the body when its turn has come. Different ones do not wait for each other.
  nonisolated func run<Value: Sendable>(
    _ key: String, _ body: @Sendable () async throws -> Value
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

  private func take(_ key: String) async {
    guard waiting[key] != nil else {
      waiting[key] = []
      return
    }
    await withCheckedContinuation { waiting[key, default: []].append($0) }
  }

  private func give(_ key: String) {
    guard var queue = waiting[key], !queue.isEmpty else {
      waiting[key] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[key] = queue
    next.resume()
  }
}
