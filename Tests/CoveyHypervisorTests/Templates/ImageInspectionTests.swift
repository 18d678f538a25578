import Covey
import Testing

@testable import CoveyHypervisor

/// Looking into images: real ones, made without a guest.
struct ImageInspectionTests {
  /// Files of a root, by their places, with what is in them.
  private func facts(
    _ files: [String: String], programs: Set<String> = [], links: [String: String] = [:]
  )
    async throws -> ImageFacts
  {
    let folder = try TestPlace.folder("inspection")
    let tree = "\(folder)/tree"
    try HostFiles.makeFolder(tree)
    for (place, text) in files {
      let path = "\(tree)\(place)"
      try HostFiles.makeFolder(HostFiles.parent(of: path))
      try HostFiles.write(text.utf8, to: path, mode: programs.contains(place) ? 0o755 : 0o644)
    }
    for (place, target) in links {
      try HostFiles.makeFolder(HostFiles.parent(of: "\(tree)\(place)"))
      try HostFiles.link(target, at: "\(tree)\(place)")
    }
    let image = "\(folder)/disk.qcow2"
    try await DiskImage.make(
      from: tree, size: .mebibytes(16), raw: "\(folder)/raw", to: image, subject: "test")
    return try await look(into: image, in: folder)
  }

  private func look(into image: String, in folder: String) async throws -> ImageFacts {
    let place = "\(folder)/place"
    try HostFiles.makeFolder(place)
    return try await ImageInspection(image: image, place: place, subject: "test").facts()
  }

  @Test func everyTraceIsFoundWhereItLies() async throws {
    let id = String(repeating: "a", count: 32) + "\n"
    let found = try await facts(
      [
        "/etc/machine-id": id, "/var/lib/dbus/machine-id": id, "/etc/hostname": "box\n",
        "/etc/ssh/ssh_host_rsa_key": "k", "/etc/ssh/ssh_host_rsa_key.pub": "k",
        "/etc/dropbear/dropbear_rsa_host_key": "k", "/var/lib/systemd/random-seed": "s",
        "/var/lib/dhcp/dhclient.eth0.leases": "l", "/var/lib/NetworkManager/internal.lease": "l",
        "/var/lib/cloud/instances/i-1/boot-finished": "", "/usr/lib/covey/identity": "p",
        "/usr/sbin/qemu-ga": "p",
      ], programs: ["/usr/lib/covey/identity", "/usr/sbin/qemu-ga"],
      links: ["/var/lib/cloud/instance": "instances/i-1"])
    #expect(found.obstacle == nil)
    #expect(
      found.paths == [
        .machineID: ["/etc/machine-id", "/var/lib/dbus/machine-id"],
        .hostname: ["/etc/hostname"],
        .sshHostKey: ["/etc/dropbear/dropbear_rsa_host_key", "/etc/ssh/ssh_host_rsa_key"],
        .randomSeed: ["/var/lib/systemd/random-seed"],
        .lease: ["/var/lib/NetworkManager/internal.lease", "/var/lib/dhcp/dhclient.eth0.leases"],
        .cloudInstance: ["/var/lib/cloud/instance", "/var/lib/cloud/instances/i-1"],
        .program: ["/usr/lib/covey/identity"], .agent: ["/usr/sbin/qemu-ga"],
      ])
  }

  @Test func whatIsEmptyALinkOrNoProgramDoesNotCount() async throws {
    let found = try await facts(
      [
        "/etc/machine-id": "uninitialized\n", "/etc/ssh/ssh_host_rsa_key.pub": "k",
        "/var/lib/systemd/random-seed": "", "/var/lib/dhcp/dhclient.leases": "",
        "/usr/lib/covey/identity": "p", "/var/lib/cloud/seed": "s",
      ], links: ["/etc/hostname": "../run/hostname", "/var/lib/dbus/machine-id": "/etc/machine-id"])
    #expect(found == ImageFacts(paths: [:]))
  }

  @Test func anImageWithPartitionsOrAnotherFileSystemIsSaidToBeClosed() async throws {
    var disk = [UInt8](repeating: 0, count: 1 << 20)
    for (isPartitioned, why) in [
      (false, "it holds no ext2, ext3 or ext4 file system"), (true, "it has a partition table"),
    ] {
      if isPartitioned { disk.replaceSubrange(510...511, with: [0x55, 0xAA]) }
      let folder = try TestPlace.folder("inspection")
      try HostFiles.write(disk, to: "\(folder)/raw", mode: 0o600)
      let image = "\(folder)/disk.qcow2"
      try await Program.qemuImg.run(
        ["convert", "-q", "-f", "raw", "-O", "qcow2", "\(folder)/raw", image],
        to: "cannot make an image", subject: "test")
      #expect(try await look(into: image, in: folder) == ImageFacts(obstacle: why))
    }
  }

  @Test(arguments: [
    "", "/1/100644/0/0/machine-id/33/\n", "debugfs: ls -p /etc\n\n/etc/ssh: gone\n/a/b/\n",
  ])
  func aListingWithoutFilesHasNoTraces(_ listing: String) {
    #expect(ImageInspection.facts(in: listing) == ImageFacts(paths: [:]))
  }

  @Test(arguments: [[UInt8](), [0x55, 0xAA], [UInt8](repeating: 0, count: 511)])
  func aHeadThatIsTooShortIsNoFileSystem(_ head: [UInt8]) {
    #expect(ImageInspection.obstacle(in: head) == "it holds no ext2, ext3 or ext4 file system")
  }
}
