import Covey

/// What the engine asks of its database: what is wanted, what happened, why it scaled.
///
/// Calls block for a few milliseconds; the engine makes them from its own thread.
public protocol Store: Sendable {
  /// Reads everything. Records that cannot be read are moved aside and reported, never deleted.
  func load() throws -> StoredState
  /// Stores events and the records they changed, all or nothing, durable when it returns.
  func save(_ events: [LoggedEvent], _ changes: [RecordChange]) throws
  /// Events after a revision, oldest first.
  func events(after revision: Int, limit: Int) throws -> [LoggedEvent]
  /// Adds scaling rounds; old ones beyond some thousands a group are dropped.
  func save(_ rounds: [ScalingRound], of group: Name) throws
  /// The newest rounds, newest first.
  func rounds(of group: Name, limit: Int) throws -> [ScalingRound]
  /// A small value that covey remembers, such as the accelerator it settled on.
  func setting(_ key: String) throws -> String?
  func set(_ key: String, to value: String) throws
}

/// What a store holds at start.
public struct StoredState: Sendable {
  public var inventory: Inventory
  public var setAside: [(kind: String, key: String, why: String)]

  public init(inventory: Inventory, setAside: [(kind: String, key: String, why: String)] = []) {
    self.inventory = inventory
    self.setAside = setAside
  }
}
