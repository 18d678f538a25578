import GRDB

/// Rows that could not be read: kept word for word until somebody mends or drops them by hand.
enum SetAside {
  static func add(kind: String, key: String, body: String, why: String, in database: Database)
    throws
  {
    try database.execute(
      sql: "INSERT INTO set_aside (kind, key, body, why) VALUES (?, ?, ?, ?)",
      arguments: [kind, key, body, why])
  }

  /// What was set aside since the last report, by this run or one before it.
  static func report(_ database: Database) throws -> [(kind: String, key: String, why: String)] {
    let rows = try Row.fetchAll(
      database, sql: "SELECT kind, key, why FROM set_aside WHERE NOT isReported ORDER BY number")
    try database.execute(sql: "UPDATE set_aside SET isReported = 1 WHERE NOT isReported")
    return rows.map { (kind: $0["kind"], key: $0["key"], why: $0["why"]) }
  }
}
