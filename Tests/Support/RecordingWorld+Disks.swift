import Covey
import CoveyEngine

extension RecordingWorld: Disks {
  public func create(for guest: Guest, from template: Template) throws {
    try note("create", guest.name)
    disks.insert(guest.name)
  }
  public func adopt(_ path: String, for guest: Guest, from template: Template) throws {
    try note("adopt", guest.name)
    disks.insert(guest.name)
  }
  public func renew(for guest: Guest, from template: Template) throws {
    try note("renew", guest.name)
    disks.insert(guest.name)
  }
  public func fork(for guest: Guest, from set: WarmSet, of template: Template) throws {
    try note("forkDisk", guest.name)
    disks.insert(guest.name)
  }
  public func require(for guest: Guest, from template: Template) throws {
    try note("require", guest.name)
    guard disks.contains(guest.name) else {
      throw Problem(
        .notFound, subject: "guest \(guest.name)", "the disk is gone", hint: "look for it")
    }
  }
  public func loseDisk(of guest: Name) { disks.remove(guest) }
  public func remove(of guest: Guest) throws {
    try note("remove", guest.name)
    disks.remove(guest.name)
  }
  public func usage(of guest: Guest) -> ByteCount? { nil }
}
