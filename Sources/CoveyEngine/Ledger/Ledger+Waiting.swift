import Covey

extension Ledger {
  /// Waits until the inventory is newer than a revision, or until the time is up, and returns it as it then is.
  ///
  /// - `limit`: how long to wait; zero returns at once.
  public func inventory(newerThan revision: Int, within limit: Duration, on time: any TimeSource)
    async -> Inventory
  {
    let news = revisionNews()
    guard inventory.revision <= revision, limit > .zero else { return inventory }
    await withTaskGroup { group in
      group.addTask { for await latest in news where latest > revision { return } }
      group.addTask { try? await time.sleep(for: limit) }  // cancellation ends the wait, like time
      await group.next()
      group.cancelAll()
    }
    return inventory
  }

  /// Waits until the inventory fulfils a condition.
  ///
  /// - Returns: nil when the reader's task was cancelled first.
  public func inventory(where condition: @Sendable (Inventory) -> Bool) async -> Inventory? {
    let news = revisionNews()
    if condition(inventory) { return inventory }
    for await _ in news where condition(inventory) { return inventory }
    return nil
  }
}
