import Covey
import CoveyEngine
import GRDB

extension SQLiteStore {
  /// Reads everything, in one transaction with the moving aside of what cannot be read.
  ///
  /// The report also holds what `events` and `rounds` set aside since the last load.
  public func load() throws -> StoredState {
    try perform { queue in
      try queue.write { database in
        var inventory = Inventory()
        inventory.revision = try Progress.revision(database)
        for template: Template in try RecordTable.templates.readAll(database, key: \.digest) {
          inventory.templates[template.digest] = template
        }
        for set: WarmSet in try RecordTable.warmSets.readAll(database, key: \.id) {
          inventory.warmSets[set.id] = set
        }
        for guest: Guest in try RecordTable.guests.readAll(database, key: \.name.text) {
          inventory.guests[guest.name] = guest
        }
        for group: Group in try RecordTable.groups.readAll(database, key: \.name.text) {
          inventory.groups[group.name] = group
        }
        for pool: Pool in try RecordTable.pools.readAll(database, key: \.name.text) {
          inventory.pools[pool.name] = pool
        }
        for balancer: MovingAddress in try RecordTable.balancers.readAll(
          database, key: \.name.text)
        {
          inventory.balancers[balancer.name] = balancer
        }
        for operation: Operation in try RecordTable.operations.readAll(database, key: \.id) {
          inventory.operations[operation.id] = operation
        }
        return StoredState(inventory: inventory, setAside: try SetAside.report(database))
      }
    }
  }

  /// Stores events and the records they changed, all or nothing, durable when it returns; where all of them only say how
  /// far a plan is, a power failure may lose them (`Event.isProgress`).
  ///
  /// - Throws: `Problem` as every call, and `.conflict` when the events are not newer than the stored
  ///   ones: then another covey writes here too, and this one's inventory is out of date.
  public func save(_ events: [LoggedEvent], _ changes: [RecordChange]) throws {
    try perform { queue in
      let mayWait = !events.isEmpty && events.allSatisfy(\.event.isProgress)
      guard mayWait else { return try queue.write { try write(events, changes, in: $0) } }
      try queue.writeWithoutTransaction { database in
        try Self.withoutWaitingForDisk(database) { try write(events, changes, in: database) }
      }
    }
  }

  private func write(_ events: [LoggedEvent], _ changes: [RecordChange], in database: Database)
    throws
  {
    try Progress.advance(over: events, in: database, at: path)
    for logged in events {
      try database.execute(
        sql: "INSERT INTO events (number, at, body) VALUES (?, ?, ?)",
        arguments: [logged.revision, logged.at.milliseconds, try JSON.text(logged.event)])
    }
    try database.execute(
      sql: "DELETE FROM events WHERE number <= (SELECT revision FROM progress) - ?",
      arguments: [Self.eventsKept])
    for change in changes { try apply(change, in: database) }
  }

  private func apply(_ change: RecordChange, in database: Database) throws {
    switch change {
    case .putTemplate(let template):
      try RecordTable.templates.put(template, at: template.digest, in: database)
    case .removeTemplate(let digest):
      try RecordTable.templates.remove(digest, in: database)
    case .putWarmSet(let set):
      try RecordTable.warmSets.put(set, at: set.id, in: database)
    case .removeWarmSet(let id):
      try RecordTable.warmSets.remove(id, in: database)
    case .putGuest(let guest):
      try RecordTable.guests.put(guest, at: guest.name.text, in: database)
    case .removeGuest(let name):
      try RecordTable.guests.remove(name.text, in: database)
    case .putGroup(let group):
      try RecordTable.groups.put(group, at: group.name.text, in: database)
    case .removeGroup(let name):
      try RecordTable.groups.remove(name.text, in: database)
      // A later group of the same name must not explain itself with the rounds of this one.
      try database.execute(sql: "DELETE FROM rounds WHERE owner = ?", arguments: [name.text])
    case .putPool(let pool):
      try RecordTable.pools.put(pool, at: pool.name.text, in: database)
    case .removePool(let name):
      try RecordTable.pools.remove(name.text, in: database)
    case .putBalancer(let balancer):
      try RecordTable.balancers.put(balancer, at: balancer.name.text, in: database)
    case .removeBalancer(let name):
      try RecordTable.balancers.remove(name.text, in: database)
    case .putOperation(let operation):
      try RecordTable.operations.put(operation, at: operation.id, in: database)
    case .removeOperation(let id):
      try RecordTable.operations.remove(id, in: database)
    }
  }
}

/// The newest revision. Kept apart from the events, so that it never falls back when one is dropped.
private enum Progress {
  static func revision(_ database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "SELECT revision FROM progress") ?? 0
  }

  /// Moves on to the last event, if the first one is newer than all that is stored.
  static func advance(over events: [LoggedEvent], in database: Database, at path: String) throws {
    guard let first = events.first, let last = events.last else { return }
    try database.execute(
      sql: "UPDATE progress SET revision = ? WHERE revision < ?",
      arguments: [last.revision, first.revision])
    guard database.changesCount == 0 else { return }
    throw Problem(
      .conflict, subject: path,
      "revision \(first.revision) is not newer than \(try revision(database)) in \(path): another "
        + "covey writes to the same database",
      hint: "run one coveyd for each state folder; end the other one and start this one again")
  }
}
