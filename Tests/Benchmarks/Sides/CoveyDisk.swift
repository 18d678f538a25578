import CoveyWire

/// A guest of covey's whose disk holds a known amount of data that do not compress.
struct CoveyDisk: Sendable {
  static let name = "disk"
  /// Where its first layer lies while it has never been moved.
  private var home: String { "\(place.state)/guests/\(Self.name)/disk.qcow2" }

  let daemon: CoveyDaemon
  let place: Place
  /// The two folders between which the disk goes to and fro, and the one where it is.
  private let folders: [String]
  private let here = Kept(0)

  /// Launches the guest, has it write, and lets it run.
  static func make(_ subject: Subject, mebibytes: Int, _ daemon: CoveyDaemon, _ place: Place)
    async throws -> CoveyDisk
  {
    let disk = CoveyDisk(daemon, place)
    try await Tool.run(["mkdir", "-p"] + disk.folders)
    try await daemon.covey(
      "launch \(name) --template \(subject.name) --disk persistent --disk-size "
        + "\(2 * mebibytes)MiB --timeout 240s")
    try await disk.fill(mebibytes)
    return disk
  }

  private init(_ daemon: CoveyDaemon, _ place: Place) {
    (self.daemon, self.place) = (daemon, place)
    folders = ["a", "b"].map { "\(place.folder)/disks/\($0)" }
  }

  private func fill(_ mebibytes: Int) async throws {
    // The shell on the console; the note is what tiny-web shows at the path.
    let line =
      "mkdir -p /data && dd if=/dev/urandom of=/data/bulk bs=1M count=\(mebibytes) conv=fsync "
      + "&& echo filled >/data/note && sync\n"
    try await daemon.covey("console \(Self.name)", typing: line)
    let guest = try await daemon.client.get(
      "\(Routes.guests)/\(Self.name)", as: InfoView<GuestView>.self
    ).item
    guard let port = guest.ports.first(where: { $0.guest == 80 })?.host else {
      throw Trouble("guest \(Self.name) offers no port 80")
    }
    let endpoint = Endpoint(address: guest.address, port: UInt16(port))
    _ = try await PageProbe(endpoint: endpoint, path: "/cgi-bin/file", within: .seconds(900))
      .first()
  }

  /// Copies the disk, as it is while the guest is off for a moment, to stand on another image.
  func copy(to path: String, on image: String) async throws {
    try await stop()
    try await Tool.run(["cp", "--sparse=always", home, path])
    try await Tool.run([
      "qemu-img", "rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b", image, path,
    ])
    try await daemon.covey("start \(Self.name) --timeout 240s")
  }

  func move() async throws {
    let next = (here.value + 1) % folders.count
    try await daemon.covey("disk move \(Self.name) --to \(folders[next]) --timeout 600s")
    here.value = next
  }

  /// The file that the guest writes to.
  func file() async throws -> String {
    let disk = try await daemon.client.get(
      "\(Routes.guests)/\(Self.name)/disk", as: InfoView<DiskView>.self
    ).item
    guard let file = disk.layers?.first(where: \.active)?.file else {
      throw Trouble("guest \(Self.name) has no disk")
    }
    return file
  }

  func stop() async throws { try await daemon.covey("stop \(Self.name) --timeout 240s") }

  func remove() async throws {
    try await daemon.covey("delete --force \(Self.name) --timeout 240s")
    try await Tool.run(["rm", "-rf"] + folders)
  }
}

/// `covey disk move`, of a guest that runs or not.
struct CoveyMove: DiskSide {
  let disk: CoveyDisk
  let kind: DiskSideKind

  func prepare() async throws { try await DiskCache.forget(disk.file()) }
  func act() async throws { try await disk.move() }
  func end() async throws {}
}

/// `covey snapshot create` of a guest that runs.
struct CoveySnapshot: DiskSide {
  let disk: CoveyDisk
  let kind = DiskSideKind.snapshot

  func prepare() async throws {}

  func act() async throws {
    try await disk.daemon.covey("snapshot create \(CoveyDisk.name) taken --timeout 240s")
  }

  func end() async throws {
    let path = "\(Routes.guests)/\(CoveyDisk.name)/snapshots"
    guard !(try await disk.daemon.client.get(path, as: SnapshotListView.self).items.isEmpty) else {
      return
    }
    try await disk.daemon.covey("snapshot delete \(CoveyDisk.name) taken --timeout 240s")
  }
}

/// What a side reads comes from the disk, whoever read it last.
enum DiskCache {
  /// Writes a file's changes out and has the kernel forget what it remembers of it.
  static func forget(_ file: String) async throws {
    try await Tool.run(["sync", file])
    try await Tool.run(["dd", "if=\(file)", "iflag=nocache", "count=0"])
  }
}
