import Covey
import Testing

@testable import CoveyHypervisor

/// The files that guests of imported templates have beside their disk.
struct ImportedDisksTests {
  private func place(_ disk: DiskMode) async throws -> (OverlayDisks, Guest, Template, String) {
    let built = try await BuiltTemplate.shared.get()
    let sample = built.template
    let template = Template(
      name: sample.name, digest: sample.digest, summary: "", machine: sample.machine,
      kernelArguments: "", ports: [], health: .none, files: sample.files, firmware: .uefi,
      cloudInit: try CloudInit(userData: "#cloud-config\n"), created: .zero)
    let guests = "\(try TestPlace.folder())/guests"
    let disks = OverlayDisks(
      guests: guests, templates: built.templates, warm: WarmPlaces(shelf: "/none"))
    let guest = Guest(
      name: try Name("web-1"), uuid: "00000000-0000-4000-8000-000000000001", template: template,
      group: nil, machine: sample.machine, disk: disk, address: IPv4Address(number: 0x7F4D_0002),
      ports: [], health: .none, created: .zero)
    return (disks, guest, template, "\(guests)/web-1")
  }

  @Test func aDiscThatAKilledDaemonDidNotMakeIsMadeBeforeTheNextStart() async throws {
    let (disks, guest, template, folder) = try await place(.persistent)
    try await disks.create(for: guest, from: template)
    let files = ["disk.qcow2", "owner", "seed.iso"]
    #expect(try HostFiles.names(in: folder) == files)
    try HostFiles.remove("\(folder)/seed.iso")
    try await disks.create(for: guest, from: template)
    #expect(try HostFiles.names(in: folder) == files)
    try HostFiles.remove("\(folder)/seed.iso")
    try await disks.require(for: guest, from: template)
    #expect(try HostFiles.names(in: folder) == files)
  }

  @Test func aFreshDiskHasFirmwareThatRemembersNothing() async throws {
    let (disks, guest, template, folder) = try await place(.ephemeral)
    try await disks.create(for: guest, from: template)
    try HostFiles.write("remembered".utf8, to: "\(folder)/nvram.fd", mode: 0o600)
    try await disks.renew(for: guest, from: template)
    #expect(try HostFiles.names(in: folder) == ["disk.qcow2", "owner", "seed.iso"])
  }

  @Test func whatFirmwareRememberedComesWithADiskThatIsTakenOver() async throws {
    let (disks, guest, template, folder) = try await place(.persistent)
    try await disks.create(for: guest, from: template)
    let disk = "\(try TestPlace.folder())/guest.qcow2"
    try HostFiles.rename("\(folder)/disk.qcow2", to: disk)
    try await disks.remove(of: guest)
    try HostFiles.write("remembered".utf8, to: disk + ".nvram", mode: 0o600)
    try await disks.adopt(disk, for: guest, from: template)
    #expect(try HostFiles.text(of: "\(folder)/nvram.fd", limit: 64) == "remembered")
    #expect(
      try HostFiles.names(in: folder) == ["disk.qcow2", "nvram.fd", "owner", "seed.iso"])
  }
}
