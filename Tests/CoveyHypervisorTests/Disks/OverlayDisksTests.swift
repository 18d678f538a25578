import Covey
import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

@Suite struct OverlayDisksTests {
  private func place() async throws -> (BuiltTemplate.Built, OverlayDisks, Guest, String) {
    let built = try await BuiltTemplate.shared.get()
    let guests = "\(try TestPlace.folder())/guests"
    let disks = OverlayDisks(
      guests: guests, templates: built.templates,
      warm: WarmPlaces(shelf: "/none"))
    let guest = Guest(
      name: try Name("web-1"), uuid: "00000000-0000-4000-8000-000000000001",
      template: built.template, group: nil, machine: built.template.machine, disk: .persistent,
      address: IPv4Address(number: 0x7F4D_0002), ports: [], health: built.template.health,
      created: .zero)
    return (built, disks, guest, guests)
  }

  private func check(_ path: String) async throws {
    try await Program.qemuImg.run(["check", "-q", path], to: "check", subject: "test")
  }

  @Test func anOverlayStandsOnTheTemplateAndIsPrivateAndClean() async throws {
    let (built, disks, guest, guests) = try await place()
    #expect(await disks.usage(of: guest) == nil)
    try await disks.create(for: guest, from: built.template)
    let path = disks.path(of: guest.name)
    #expect(path == "\(guests)/web-1/disk.qcow2")
    #expect(try #require(HostFiles.facts(of: path)).st_mode & 0o777 == 0o600)
    #expect(try #require(HostFiles.facts(of: "\(guests)/web-1")).st_mode & 0o777 == 0o700)
    #expect(try #require(HostFiles.facts(of: guests)).st_mode & 0o777 == 0o700)
    try await check(path)
    let info = try await Program.qemuImg.run(["info", path], to: "look", subject: "test").text
    #expect(info.contains(built.templates.path(of: .disk, in: built.template)))
    #expect(info.contains("64 MiB"))
    let usage = try #require(await disks.usage(of: guest))
    #expect(usage.bytes > 0 && usage < .mebibytes(1))
  }

  @Test func anExistingOverlayIsKeptAndRenewingReplacesIt() async throws {
    let (built, disks, guest, guests) = try await place()
    try await disks.create(for: guest, from: built.template)
    let path = disks.path(of: guest.name)
    let first = try #require(HostFiles.facts(of: path))
    try await disks.create(for: guest, from: built.template)
    #expect(try #require(HostFiles.facts(of: path)).st_ino == first.st_ino)
    // A crash may have left half an overlay; it must not be in the way.
    try HostFiles.write([1, 2, 3], to: "\(guests)/web-1/.disk.qcow2.new", mode: 0o600)
    try await disks.renew(for: guest, from: built.template)
    #expect(try #require(HostFiles.facts(of: path)).st_ino != first.st_ino)
    try await check(path)
    #expect(try HostFiles.names(in: "\(guests)/web-1") == ["disk.qcow2", "owner"])
  }

  @Test func aRemovedGuestLeavesNothingAndRemovingItAgainSucceeds() async throws {
    let (built, disks, guest, guests) = try await place()
    try await disks.create(for: guest, from: built.template)
    try HostFiles.write([1], to: "\(guests)/web-1/console.log", mode: 0o400)
    try await disks.remove(of: guest)
    try await disks.remove(of: guest)
    #expect(try HostFiles.names(in: guests).isEmpty)
  }

  /// A merge leaves a disk without its first layer, and a lost mark leaves it without an owner.
  @Test(arguments: ["", "folder"])
  func aFolderOfUnknownOwnerWithADiskIsNeitherTakenNorRemoved(_ mark: String) async throws {
    let (built, disks, guest, guests) = try await place()
    try HostFiles.makeFolder("\(guests)/web-1")
    let old = "\(guests)/web-1/disk.1.qcow2"
    try HostFiles.write("all that it had".utf8, to: old, mode: 0o600)
    if mark == "folder" { try HostFiles.makeFolder("\(guests)/web-1/owner") }
    #expect(await problem { try await disks.create(for: guest, from: built.template) } != nil)
    #expect(await problem { try await disks.renew(for: guest, from: built.template) } != nil)
    try await disks.remove(of: guest)
    #expect(HostFiles.facts(of: old) != nil)
  }

  @Test func noOverlayIsMadeOnAnAlteredTemplate() async throws {
    let (built, _, guest, guests) = try await place()
    let shelf = try TestPlace.folder("shelf")
    let folder = "\(shelf)/\(built.template.digest)"
    try await TestPlace.copy("\(built.shelf)/\(built.template.digest)", to: folder)
    try HostFiles.setMode(0o600, of: "\(folder)/disk.qcow2")
    #expect(truncate("\(folder)/disk.qcow2", 1 << 20) == 0)
    let disks = OverlayDisks(
      guests: guests, templates: TemplateFolder(shelf: shelf, cache: "/none"),
      warm: WarmPlaces(shelf: "/none"))
    let found = await problem { try await disks.create(for: guest, from: built.template) }
    #expect(found?.code == .altered)
    #expect(HostFiles.facts(of: guests) == nil)
  }

  @Test func aGuestWhoseOverlayCannotBeMadeLeavesNothing() async throws {
    let (built, disks, guest, guests) = try await place()
    // A folder where the overlay should go makes the last step fail.
    try HostFiles.makeFolder("\(disks.path(of: guest.name))/in-the-way")
    let found = await problem { try await disks.renew(for: guest, from: built.template) }
    #expect(found != nil)
    #expect(try HostFiles.names(in: "\(guests)/web-1") == ["disk.qcow2"])
  }
}
