import Covey
import CoveyEngine
import Glibc
import Libvirt
import Support
import Testing

@testable import CoveyHypervisor

/// A real machine that writes to its disk until there is no room for that.
@Suite(.serialized, .enabled(if: geteuid() == 0, "mounts take root")) struct HeldMachineTests {
  @Test(arguments: [false, true])
  func aMachineWithoutRoomIsHeldAndGoesOnWhereThereIsSome(_ moves: Bool) async {
    await #expect(processExitsWith: .success) { [moves = moves as Bool] in
      try await LayerLab.with { lab in
        try await Self.onSmallDisk("\(lab.root)/g") {
          let guest = try await Self.launchWriter(lab)
          let domain = try await lab.hypervisor.requireDomain(of: guest)
          while try await lab.hypervisor.observe().map(\.machine) != [.held] {
            try await Task.sleep(for: .milliseconds(20))
          }
          let full = await problem { try await lab.hypervisor.goOn(guest) }
          #expect(full?.code == .noSpace)
          if moves {
            let folder = "\(lab.elsewhere)/\(guest.name)"
            try await lab.layers.claim(folder, for: guest)
            try await lab.layers.mirror(0, of: guest, to: folder, rate: nil) { _ in }
            try await lab.layers.pivot(guest, to: folder)
          } else {
            try HostFiles.remove("\(lab.root)/g/ballast")
            try await lab.hypervisor.goOn(guest)
          }
          try await Task.sleep(for: .seconds(1))
          guard case .running = try await domain.state() else {
            Issue.record("it does not go on: \(try await domain.state())")
            return
          }
          lab.killMachine(guest.name.text)
        }
      }
    }
  }

  /// Mounts a small file system at a folder for as long as a body runs.
  private static func onSmallDisk(_ folder: String, _ body: () async throws -> Void) async throws {
    try HostFiles.makeFolder(folder)
    guard mount("tmpfs", folder, "tmpfs", 0, "size=80m") == 0 else {
      throw HostFiles.problem("cannot mount", folder)
    }
    defer { umount2(folder, Int32(MNT_DETACH)) }
    try await body()
  }

  /// Starts a machine whose boot sector writes over its disk again and again, and leaves it too little room.
  private static func launchWriter(_ lab: LayerLab) async throws -> Guest {
    var guest = Guest(
      name: Samples.name("writer"), uuid: "3f1c0a52-7d64-4c0e-9a55-0c5fe1a2b3d5",
      template: lab.template, group: nil, machine: lab.template.machine, disk: .persistent,
      address: GuestSamples.address(77), ports: [], health: lab.template.health, created: .zero)
    try await lab.disks.create(for: guest, from: lab.template)
    let sector = "\(lab.root)/sector"
    try HostFiles.write(bootSector, to: sector, mode: 0o600)
    try await Program(name: "qemu-io", package: "qemu-utils").run(
      ["-f", "qcow2", "-c", "write -s \(sector) 0 512", lab.files.layer(0, of: guest)],
      to: "cannot write a boot sector", subject: "test")
    try await lab.hypervisor.define(guest, from: lab.template)
    try fill("\(lab.root)/g", besides: 2 << 20)
    try await lab.hypervisor.start(guest)
    guest.state = .held
    return guest
  }

  private static func fill(_ folder: String, besides room: Int64) throws {
    let free = try #require(DiskSpace(at: folder)).free.bytes
    let path = "\(folder)/ballast"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, posix_fallocate(descriptor, 0, off_t(free - room)) == 0 else {
      throw HostFiles.problem("cannot fill", path)
    }
    close(descriptor)
  }

  /// Writes 64 sectors at a time from sector 64 on, by the BIOS (`int 0x13`, function 0x43).
  private static let bootSector: [UInt8] = {
    let code: [UInt8] = [
      0x31, 0xC0,  // xor ax, ax
      0x8E, 0xD8,  // mov ds, ax
      0xBE, 0x18, 0x7C,  // mov si, 0x7C18
      0xB8, 0x00, 0x43,  // mov ax, 0x4300
      0xCD, 0x13,  // int 0x13
      0x83, 0x06, 0x20, 0x7C, 0x40,  // add word [0x7C20], 64
      0xEB, 0xF1,  // jmp 0x7C04
      0x90, 0x90, 0x90, 0x90, 0x90,
      // The packet at 0x7C18: its size, 64 sectors, their memory at 0x8000, and the first one's number.
      0x10, 0x00, 0x40, 0x00, 0x00, 0x80, 0x00, 0x00, 0x40, 0, 0, 0, 0, 0, 0, 0,
    ]
    return code + Array(repeating: 0, count: 510 - code.count) + [0x55, 0xAA]
  }()
}
