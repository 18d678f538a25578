/// A named place for disks.
public struct Pool: Hashable, Sendable, Codable {
  public let name: Name
  /// Absolute path of its folder.
  public let path: String
  public let created: Timestamp

  /// What the state folder's own place is called.
  public static let home = "default"

  public init(name: Name, path: String, created: Timestamp) {
    self.name = name
    self.path = path
    self.created = created
  }
}

/// Everything that may change the pools.
public enum PoolRequest: Hashable, Sendable {
  case create(FolderPath)
  case delete

  /// Decides what a request means, as the events that make it so. Pure.
  ///
  /// - `home`: the folder of the place that is always there.
  public func decide(_ name: Name, in inventory: Inventory, home: String, at now: Timestamp)
    -> Decision<[Event]>
  {
    do throws(Refusal) {
      switch self {
      case .create(let folder):
        guard inventory.pools[name] == nil, name.text != Pool.home else { throw .poolExists(name) }
        if folder.text == home { throw .poolThere(home, pool: try Name(Pool.home)) }
        let other = inventory.pools.values.first { $0.path == folder.text }
        if let other { throw .poolThere(folder.text, pool: other.name) }
        return .proceed([.poolCreated(Pool(name: name, path: folder.text, created: now))])
      case .delete:
        let pool = try inventory.requirePool(name)
        let guests = try inventory.guests(in: FolderPath(pool.path)).map(\.name)
        guard guests.isEmpty else { throw .poolInUse(name, guests: guests) }
        return .proceed([.poolDeleted(name)])
      }
    } catch {
      return .refuse(error)
    }
  }
}

extension Inventory {
  /// Guests whose disks lie in a folder, or are on their way there.
  public func guests(in folder: FolderPath) -> [Guest] {
    guests.values.filter { guest in
      let target = operation(on: guest.name)?.moveTarget
      return [guest.disks.folder, target].contains { $0.map(folder.contains) ?? false }
    }.sorted { $0.name < $1.name }
  }
}

extension Operation {
  /// Whether it brings a disk to another place.
  public var moves: Bool {
    steps.contains { step in
      guard case .claimFolder = step else { return false }
      return true
    }
  }

  /// The folder into which it moves a disk.
  var moveTarget: String? {
    for case .claimFolder(let folder, _) in steps { return folder }
    return nil
  }
}
