import FoundationEssentials
import GRDB

/// The tables that hold the inventory, one JSON record a row.
enum RecordTable: String {
  case templates, warmSets, guests, groups, pools, balancers, operations

  /// What one of its records is called in a report.
  var kind: String { String(rawValue.dropLast()) }

  func put(_ record: some Encodable, at key: String, in database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO \(rawValue) (key, body) VALUES (?, ?)
        ON CONFLICT (key) DO UPDATE SET body = excluded.body
        """, arguments: [key, try JSON.text(record)])
  }

  func remove(_ key: String, in database: Database) throws {
    try database.execute(sql: "DELETE FROM \(rawValue) WHERE key = ?", arguments: [key])
  }

  /// Reads every record; those that cannot be read are moved aside.
  ///
  /// - `key`: where a record must lie; one that lies elsewhere counts as unreadable, since it would
  ///   shadow another.
  func readAll<Record: Decodable>(_ database: Database, key: (Record) -> String) throws -> [Record]
  {
    let rows = try Row.fetchAll(database, sql: "SELECT key, body FROM \(rawValue) ORDER BY key")
    return try rows.compactMap { row in
      let (place, body): (String, String) = (row["key"], row["body"])
      switch JSON.read(Record.self, from: body) {
      case .success(let record) where key(record) == place: return record
      case .success(let record):
        try setAside(place, body, "it is the record of \(key(record))", in: database)
      case .failure(let unreadable):
        try setAside(place, body, unreadable.why, in: database)
      }
      return nil
    }
  }

  private func setAside(_ key: String, _ body: String, _ why: String, in database: Database) throws
  {
    try SetAside.add(kind: kind, key: key, body: body, why: why, in: database)
    try remove(key, in: database)
  }
}

/// Values as JSON text, always with the same order of keys, so that equal records are equal rows.
enum JSON {
  struct Unreadable: Error {
    let why: String
  }

  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func read<Value: Decodable>(_: Value.Type, from text: String) -> Result<Value, Unreadable>
  {
    do {
      return .success(try JSONDecoder().decode(Value.self, from: Data(text.utf8)))
    } catch {
      return .failure(Unreadable(why: String(describing: error)))
    }
  }
}
