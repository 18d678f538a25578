import Covey
import GRDB

extension SQLiteStore {
  /// Events after a revision, oldest first; older ones than the newest `eventsKept` are gone.
  ///
  /// Events that cannot be read are set aside and do not count towards the limit.
  public func events(after revision: Int, limit: Int) throws -> [LoggedEvent] {
    try page(limit, from: revision, table: "events", kind: "event") { database, last, count in
      try Row.fetchAll(
        database,
        sql: "SELECT number, at, body FROM events WHERE number > ? ORDER BY number LIMIT ?",
        arguments: [last, count])
    } read: { (row, event: Event) in
      LoggedEvent(
        revision: row["number"], at: Timestamp(milliseconds: row["at"]), event: event)
    }
  }

  /// Adds scaling rounds. They outlive a kill at once, and a power failure after the next `save`.
  public func save(_ rounds: [ScalingRound], of group: Name) throws {
    try perform { queue in
      try queue.writeWithoutTransaction { database in
        try Self.withoutWaitingForDisk(database) {
          for round in rounds {
            try database.execute(
              sql: "INSERT INTO rounds (owner, at, body) VALUES (?, ?, ?)",
              arguments: [group.text, round.at.milliseconds, try JSON.text(round)])
          }
          try database.execute(
            sql: """
              DELETE FROM rounds WHERE owner = :owner AND number <= (
                SELECT number FROM rounds WHERE owner = :owner
                ORDER BY number DESC LIMIT 1 OFFSET :kept)
              """, arguments: ["owner": group.text, "kept": Self.roundsKept])
        }
      }
    }
  }

  /// The rounds of a group that were saved last, newest first.
  ///
  /// Rounds that cannot be read are set aside and do not count towards the limit.
  public func rounds(of group: Name, limit: Int) throws -> [ScalingRound] {
    try page(limit, from: Int.max, table: "rounds", kind: "round") { database, last, count in
      try Row.fetchAll(
        database,
        sql: """
          SELECT number, body FROM rounds WHERE owner = ? AND number < ?
          ORDER BY number DESC LIMIT ?
          """, arguments: [group.text, last, count])
    } read: { (_, round: ScalingRound) in
      round
    }
  }

  /// A small value that covey remembers; nil when it was never set.
  public func setting(_ key: String) throws -> String? {
    try perform { queue in
      try queue.read { database in
        try String.fetchOne(
          database, sql: "SELECT value FROM settings WHERE key = ?", arguments: [key])
      }
    }
  }

  /// Remembers a small value, in place of what the key had before.
  public func set(_ key: String, to value: String) throws {
    try perform { queue in
      try queue.write { database in
        try database.execute(
          sql: """
            INSERT INTO settings (key, value) VALUES (?, ?)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """, arguments: [key, value])
      }
    }
  }

  /// Reads rows until `limit` of them were readable or none are left, and sets the others aside.
  private func page<Value: Decodable, Record>(
    _ limit: Int, from start: Int, table: String, kind: String,
    fetch: (Database, _ last: Int, _ count: Int) throws -> [Row],
    read: (Row, Value) -> Record
  ) throws -> [Record] {
    try perform { queue in
      var records: [Record] = []
      var last = start
      while records.count < limit {
        let asked = limit - records.count
        let rows = try queue.read { try fetch($0, last, asked) }
        for row in rows {
          last = row["number"]
          switch JSON.read(Value.self, from: row["body"]) {
          case .success(let value): records.append(read(row, value))
          case .failure(let unreadable):
            try queue.write { database in
              try SetAside.add(
                kind: kind, key: "\(last)", body: row["body"], why: unreadable.why, in: database)
              try database.execute(
                sql: "DELETE FROM \(table) WHERE number = ?", arguments: [last])
            }
          }
        }
        if rows.count < asked { break }
      }
      return records
    }
  }

  /// One transaction that does not wait for the disk. The setting cannot change inside of one.
  static func withoutWaitingForDisk(_ database: Database, _ work: () throws -> Void) throws {
    try database.execute(sql: "PRAGMA synchronous = NORMAL")
    let outcome = Result {
      try database.inTransaction(.immediate) {
        try work()
        return .commit
      }
    }
    try database.execute(sql: "PRAGMA synchronous = FULL")
    try outcome.get()
  }
}
