import Covey

/// A place for disks, by name.
public struct DiskPlace: Hashable, Sendable {
  /// Who says that it is one.
  public enum Keeper: String, Hashable, Sendable {
    case stateFolder = "state-folder"
    case covey, libvirt
  }

  public let name: Name
  public let folder: FolderPath
  public let keeper: Keeper
}

/// A place with the disks that lie in it.
public struct PlaceInUse: Hashable, Sendable {
  public let place: DiskPlace
  /// Nil when its folder is not there.
  public let space: PlaceSpace?
  public private(set) var guests: [Name] = []
  /// Space that their layers and memories take.
  public private(set) var used = ByteCount(bytes: 0)
  /// What their disks may grow to.
  public private(set) var provisioned = ByteCount(bytes: 0)

  init(place: DiskPlace, space: PlaceSpace?) {
    self.place = place
    self.space = space
  }

  mutating func add(_ guest: Name, _ used: ByteCount, growingTo size: ByteCount?) {
    guests.append(guest)
    self.used = self.used + used
    provisioned = provisioned + (size ?? ByteCount(bytes: 0))
  }
}
