import Covey
import Glibc

extension TemplateFolder {
  /// Reads a copy, with debugfs and without a guest, in a temporary folder beside the sealed templates.
  public func inspect(_ template: Template) async throws -> ImageFacts {
    try await verify(template)
    let image = path(of: .disk, in: template)
    let shelf = HostFiles.parent(of: HostFiles.parent(of: image))
    let place = try BuildPlace(in: shelf)
    defer { place.unlock() }
    let outcome: Result<ImageFacts, any Error>
    do {
      outcome = .success(
        try await ImageInspection(
          image: image, place: place.path, subject: "template \(template.name)"
        ).facts())
    } catch {
      outcome = .failure(error)
    }
    try HostFiles.remove(place.path)
    return try outcome.get()
  }
}

/// Looks into an image for what its guests would have in common.
struct ImageInspection {
  /// A qcow2 image without a backing file.
  let image: String
  /// A private folder that the caller removes.
  let place: String
  let subject: String

  /// Clients give up on a request after a minute.
  private static let limit: Duration = .seconds(50)

  func facts() async throws -> ImageFacts {
    let head = "\(place)/head"
    try await qemuImg([
      "dd", "-f", "qcow2", "-O", "raw", "bs=4096", "count=1", "if=\(image)", "of=\(head)",
    ])
    var start: [UInt8] = []
    let descriptor = open(head, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read", head) }
    defer { close(descriptor) }
    try HostFiles.readAll(descriptor, head) { start += $0 }
    if let obstacle = Self.obstacle(in: start) { return ImageFacts(obstacle: obstacle) }
    // debugfs reads raw images alone. Blocks without data stay holes.
    let raw = "\(place)/raw"
    try await qemuImg(["convert", "-q", "-f", "qcow2", "-O", "raw", image, raw])
    let output = try await Program.debugfs.run(
      ["-f", "-", raw], to: "cannot look into the image", subject: subject,
      input: Self.folders.map { "ls -p \($0)\n" }.joined(), within: Self.limit)
    return Self.facts(in: output.text)
  }

  private func qemuImg(_ arguments: [String]) async throws {
    try await Program.qemuImg.run(
      arguments, to: "cannot look into the image", subject: subject, space: place,
      within: Self.limit)
  }

  /// Why debugfs could not read an image that begins so; nil when it can.
  static func obstacle(in start: [UInt8]) -> String? {
    // The superblock of ext2, 3 and 4 begins at 1024, and its magic number stands 56 bytes into it.
    if start.count > 1081, start[1080...1081] == [0x53, 0xEF] { return nil }
    if start.count > 511, start[510...511] == [0x55, 0xAA] { return "it has a partition table" }
    return "it holds no ext2, ext3 or ext4 file system"
  }

  /// Where a trace may lie.
  fileprivate struct Spot {
    let trace: ImageFacts.Trace
    let folder: String
    /// As `fnmatch(3)` reads it.
    let pattern: String
    /// Bytes that a file must have to count.
    var size: ClosedRange<Int> = 1...Int.max
    var isProgram = false
    /// Whether a folder or a link counts as a file does.
    var isAnyKind = false
  }

  private static let spots = [
    // Empty, or with the word "uninitialized", it is made at the first boot (machine-id(5)).
    Spot(trace: .machineID, folder: "/etc", pattern: "machine-id", size: 32...33),
    Spot(trace: .machineID, folder: "/var/lib/dbus", pattern: "machine-id", size: 32...33),
    Spot(trace: .hostname, folder: "/etc", pattern: "hostname"),
    Spot(trace: .sshHostKey, folder: "/etc/ssh", pattern: "ssh_host_*_key"),
    Spot(trace: .sshHostKey, folder: "/etc/dropbear", pattern: "dropbear_*_host_key"),
    Spot(trace: .randomSeed, folder: "/var/lib/systemd", pattern: "random-seed"),
    Spot(trace: .randomSeed, folder: "/var/lib/urandom", pattern: "random-seed"),
    Spot(trace: .lease, folder: "/var/lib/dhcp", pattern: "*.leases"),
    Spot(trace: .lease, folder: "/var/lib/dhclient", pattern: "*.lease*"),
    Spot(trace: .lease, folder: "/var/lib/dhcpcd", pattern: "*.lease"),
    Spot(trace: .lease, folder: "/var/lib/NetworkManager", pattern: "*.lease"),
    Spot(trace: .cloudInstance, folder: "/var/lib/cloud", pattern: "instance", isAnyKind: true),
    Spot(trace: .cloudInstance, folder: "/var/lib/cloud/instances", pattern: "*", isAnyKind: true),
    Spot(trace: .program, folder: "/usr/lib/covey", pattern: "identity", isProgram: true),
    Spot(trace: .agent, folder: "/usr/sbin", pattern: "qemu-ga", isProgram: true),
    Spot(trace: .agent, folder: "/usr/bin", pattern: "qemu-ga", isProgram: true),
  ]

  static let folders = Set(spots.map(\.folder)).sorted()

  /// Reads what debugfs prints: for each command a line `debugfs: ls -p FOLDER`, then a line
  /// `/INODE/MODE/USER/GROUP/NAME/SIZE/` for each entry, where folders have no size (e2fsprogs 1.47).
  static func facts(in listing: String) -> ImageFacts {
    var paths: [ImageFacts.Trace: [String]] = [:]
    var folder = ""
    for line in listing.split(separator: "\n") {
      if line.hasPrefix("debugfs: ls -p ") {
        folder = String(line.dropFirst("debugfs: ls -p ".count))
        continue
      }
      let fields = line.split(separator: "/", omittingEmptySubsequences: false)
      guard fields.count == 8, let mode = Int(fields[2], radix: 8) else { continue }
      let name = String(fields[5])
      for spot in spots where spot.folder == folder && spot.matches(name, mode, Int(fields[6])) {
        paths[spot.trace, default: []].append("\(folder)/\(name)")
      }
    }
    return ImageFacts(paths: paths)
  }
}

extension ImageInspection.Spot {
  fileprivate func matches(_ name: String, _ mode: Int, _ bytes: Int?) -> Bool {
    guard name != ".", name != "..", fnmatch(pattern, name, 0) == 0 else { return false }
    if isAnyKind { return true }
    let isFile = mode & 0o170000 == 0o100000
    return isFile && size.contains(bytes ?? 0) && (!isProgram || mode & 0o111 != 0)
  }
}
