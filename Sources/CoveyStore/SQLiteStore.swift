import Covey
import CoveyEngine
import GRDB

/// The engine's database as one SQLite file: what is wanted, what happened, why it scaled.
///
/// - Durability: `save(_:_:)` and `set(_:to:)` are on the disk when they return (WAL with
///   `synchronous=FULL`). Scaling rounds are written without waiting for the disk: a power failure
///   may lose those since the last `save`, a kill of the process loses none.
/// - Processes: one covey writes. Others may read beside it, such as the `sqlite3` shell. Events of
///   a second writer are refused, since their revisions are not newer than what is stored.
/// - Every call blocks for a few milliseconds, and at most `busyTimeout` when another program holds
///   the file's lock. Calls are made one at a time.
/// - Every call throws `Problem`: `.noSpace` on a full file system (nothing of the call is stored),
///   `.unavailable` when the file is damaged or not accessible, `.inUse` when its lock is held.
public final class SQLiteStore: Store {
  /// How many of the newest events are kept.
  public static let eventsKept = 10_000
  /// How many of the newest scaling rounds are kept for each group.
  public static let roundsKept = 4_000
  /// How long a call waits for another program that holds the file's lock.
  public static let busyTimeout: Duration = .seconds(5)

  /// The database file.
  public let path: String
  let queue: DatabaseQueue

  /// Opens the database file, or makes it with mode 0600 in a folder of mode 0700.
  ///
  /// An existing folder keeps its mode. The file is checked for damage and brought to this version's
  /// tables; it is never renamed, emptied or deleted.
  ///
  /// - Throws: `Problem` as every call, and `.unsupported` when a newer covey wrote the file.
  public init(path: String) throws {
    self.path = path
    try StoreFile.prepare(path)
    queue = try Problem.translating(path) {
      try Self.inspect(path)
      var configuration = Self.configuration
      configuration.journalMode = .wal
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    try perform { queue in
      // GRDB sets NORMAL along with WAL, which may lose acknowledged records with the power.
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      try Schema.migrate(queue)
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "covey.store"
    configuration.busyMode = .timeout(busyTimeout.inSeconds)
    return configuration
  }

  /// Looks at the file through a connection that cannot write, so that a file which is refused stays
  /// as it is to the byte.
  private static func inspect(_ path: String) throws {
    var configuration = Self.configuration
    configuration.readonly = true
    let reader = try DatabaseQueue(path: path, configuration: configuration)
    try reader.read { database in
      try StoreFile.checkIntegrity(database)
      try Schema.refuseNewer(database, at: path)
    }
    try reader.close()
  }

  /// Writes everything into the one file and closes it; calls after that fail.
  public func close() throws {
    try perform { try $0.close() }
  }

  /// Runs database work and turns whatever it throws into a `Problem`.
  func perform<Answer>(_ work: (DatabaseQueue) throws -> Answer) throws -> Answer {
    try Problem.translating(path) { try work(queue) }
  }
}
