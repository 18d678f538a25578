import Covey
import CoveyEngine
import Synchronization

/// A store that keeps everything in memory and can be told to fail: for tests of what stands on a
/// store. It keeps the same contract as the database (`StoreContract`).
///
/// What one instance holds outlives the engine that used it, so that a test can start another engine
/// on it and call that a restart.
public final class MemoryStore: Store {
  private struct Shelves {
    var inventory = Inventory()
    var events: [LoggedEvent] = []
    var rounds: [Name: [ScalingRound]] = [:]
    var settings: [String: String] = [:]
    var failure: Problem?
    var setAside: [(kind: String, key: String, why: String)] = []
  }

  private let shelves: Mutex<Shelves>

  public init(_ inventory: Inventory = Inventory()) {
    shelves = Mutex(Shelves(inventory: inventory))
  }

  /// From now on every call that writes throws this; nil mends it.
  public func failWrites(with problem: Problem?) {
    shelves.withLock { $0.failure = problem }
  }

  /// What the next `load` reports as unreadable.
  public func reportAtNextLoad(kind: String, key: String, why: String) {
    shelves.withLock { $0.setAside.append((kind: kind, key: key, why: why)) }
  }

  public func load() throws -> StoredState {
    shelves.withLock { shelves in
      defer { shelves.setAside = [] }
      return StoredState(inventory: shelves.inventory, setAside: shelves.setAside)
    }
  }

  public func save(_ events: [LoggedEvent], _ changes: [RecordChange]) throws {
    try write { shelves in
      if let first = events.first, let last = events.last {
        guard first.revision > shelves.inventory.revision else {
          throw Problem(
            .conflict, "revision \(first.revision) is not newer than \(shelves.inventory.revision)",
            hint: "give events revisions that count up")
        }
        shelves.inventory.revision = last.revision
        shelves.events += events
      }
      for change in changes { Self.apply(change, to: &shelves) }
    }
  }

  public func events(after revision: Int, limit: Int) throws -> [LoggedEvent] {
    shelves.withLock { shelves in
      Array(shelves.events.lazy.filter { $0.revision > revision }.prefix(limit))
    }
  }

  public func save(_ rounds: [ScalingRound], of group: Name) throws {
    try write { $0.rounds[group, default: []] += rounds }
  }

  public func rounds(of group: Name, limit: Int) throws -> [ScalingRound] {
    shelves.withLock { Array($0.rounds[group, default: []].suffix(limit).reversed()) }
  }

  public func setting(_ key: String) throws -> String? {
    shelves.withLock { $0.settings[key] }
  }

  public func set(_ key: String, to value: String) throws {
    try write { $0.settings[key] = value }
  }

  private func write(_ work: (inout sending Shelves) throws -> Void) throws {
    try shelves.withLock { shelves in
      if let failure = shelves.failure { throw failure }
      try work(&shelves)
    }
  }

  private static func apply(_ change: RecordChange, to shelves: inout Shelves) {
    switch change {
    case .putTemplate(let template): shelves.inventory.templates[template.digest] = template
    case .removeTemplate(let digest): shelves.inventory.templates[digest] = nil
    case .putWarmSet(let set): shelves.inventory.warmSets[set.id] = set
    case .removeWarmSet(let id): shelves.inventory.warmSets[id] = nil
    case .putGuest(let guest): shelves.inventory.guests[guest.name] = guest
    case .removeGuest(let name): shelves.inventory.guests[name] = nil
    case .putGroup(let group): shelves.inventory.groups[group.name] = group
    case .removeGroup(let name):
      shelves.inventory.groups[name] = nil
      shelves.rounds[name] = nil
    case .putPool(let pool): shelves.inventory.pools[pool.name] = pool
    case .removePool(let name): shelves.inventory.pools[name] = nil
    case .putBalancer(let balancer): shelves.inventory.balancers[balancer.name] = balancer
    case .removeBalancer(let name): shelves.inventory.balancers[name] = nil
    case .putOperation(let operation): shelves.inventory.operations[operation.id] = operation
    case .removeOperation(let id): shelves.inventory.operations[id] = nil
    }
  }
}
