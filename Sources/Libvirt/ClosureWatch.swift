import CLibvirt
import Synchronization

/// The way from libvirt's close callback to the connection it is about.
///
/// Drivers without a daemon accept a close callback and forget it, free callback included, so a
/// retained object would never come back. C therefore gets a number, and a table turns it into
/// a weak reference; the entry is removed by the connection itself.
enum ClosureWatch {
  private struct Entry: Sendable {
    weak var core: ConnectionCore?
  }

  private static let table = Mutex<(last: UInt, entries: [UInt: Entry])>((0, [:]))

  /// Connections that are watched at this moment, in the whole process.
  static var count: Int { table.withLock { $0.entries.count } }

  /// Adds a connection and returns its number.
  static func add(_ core: ConnectionCore) -> UInt {
    table.withLock { table in
      table.last += 1
      table.entries[table.last] = Entry(core: core)
      return table.last
    }
  }

  /// Forgets a number. Harmless when it is unknown.
  static func remove(_ key: UInt) { table.withLock { _ = $0.entries.removeValue(forKey: key) } }

  /// Called on the event thread when a connection has died.
  static func fire(_ opaque: UnsafeMutableRawPointer?, _ reason: ClosureReason) {
    let key = UInt(bitPattern: opaque)
    table.withLock { $0.entries[key]?.core }?.lost(reason)
  }
}
