import Covey
import GRDB

/// The tables and their versions.
///
/// A version that was ever released is never edited; a change is a further migration.
enum Schema {
  /// Brings an older or empty database to this version's tables, all or nothing.
  static func migrate(_ queue: DatabaseQueue) throws {
    try migrator.migrate(queue)
  }

  /// - Throws: `Problem` with `.unsupported` for tables of a version that this covey does not know.
  static func refuseNewer(_ database: Database, at path: String) throws {
    let unknown = try migrator.appliedIdentifiers(database).subtracting(migrator.migrations)
    guard !unknown.isEmpty else { return }
    throw Problem(
      .unsupported, subject: path,
      "the database \(path) was written by a newer covey: its tables have version "
        + "\(unknown.sorted().joined(separator: ", ")), this covey knows them up to "
        + "\(migrator.migrations.last ?? "none")",
      hint: "use that newer covey, or start with another --state; the file was not changed")
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: first) }
    migrator.registerMigration("2") { try $0.execute(sql: second) }
    migrator.registerMigration("3") { try $0.execute(sql: third) }
    migrator.registerMigration("balancers") { try $0.execute(sql: balancers) }
    return migrator
  }

  /// Warm sets, and what records of the first version lack.
  private static let second = """
    CREATE TABLE warmSets (key TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT;
    UPDATE templates SET body = json_insert(body, '$.balloon', 'none') WHERE json_valid(body);
    UPDATE groups SET body = json_insert(body, '$.spec.standby', 0) WHERE json_valid(body);
    """

  private static let third = """
    CREATE TABLE pools (key TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT;
    """

  /// Addresses that move between seats.
  private static let balancers = """
    CREATE TABLE balancers (key TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT;
    """

  private static let first = """
    CREATE TABLE templates (key TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE guests (key TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE groups (key TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE operations (key TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT;

    CREATE TABLE progress (
      id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT;
    INSERT INTO progress (id, revision) VALUES (1, 0);

    CREATE TABLE events (
      number INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE rounds (
      number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, at INTEGER NOT NULL,
      body TEXT NOT NULL) STRICT;
    CREATE INDEX roundsOfOwner ON rounds (owner, number);

    CREATE TABLE settings (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
    CREATE TABLE set_aside (
      number INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
      why TEXT NOT NULL, isReported INTEGER NOT NULL DEFAULT 0) STRICT;
    """
}
