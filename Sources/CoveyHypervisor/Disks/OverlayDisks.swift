import Covey
import CoveyEngine
import Glibc

/// Guests' disks as qcow2 overlays on the sealed image of their template.
///
/// ```
/// GUESTS/NAME/disk.qcow2   holds what the guest wrote; everything else is read from the template
/// ```
///
/// The folder is private to the user that runs coveyd, unless QEMU runs as another one and must pass through it. An overlay appears under its name complete or not at all.
public struct OverlayDisks: Disks {
  /// Free space under which no overlay is begun: a guest whose first writes fail is worse than none.
  static let leastFree = ByteCount.mebibytes(64)

  private let guests: String
  private let templates: TemplateFolder
  private let warm: WarmPlaces
  private let folderMode: mode_t

  /// - `guests`: absolute path of the folder that holds a folder for each guest; made when it is first needed.
  /// - `templates`: where the images lie that overlays stand on.
  /// - `warm`: where the sets lie whose disks forks begin with.
  /// - `opensFolders`: lets other users pass through the folders to files that they own, as QEMU does under a libvirt
  ///   that runs it as an account of its own and gives it the disk (`dynamic_ownership` in qemu.conf).
  public init(
    guests: String, templates: TemplateFolder, warm: WarmPlaces, opensFolders: Bool = false
  ) {
    self.guests = guests
    self.warm = warm
    self.templates = templates
    folderMode = opensFolders ? 0o711 : 0o700
  }

  /// Where a guest's overlay lies.
  public func path(of guest: Name) -> String { files.disk(of: guest) }

  public func create(for guest: Guest, from template: Template) async throws {
    try await templates.verify(template)
    if try !files.hasDisk(guest) { try await make(for: guest, from: template) }
    try await seed(guest, from: template)
  }

  /// Makes the disc for cloud-init, if it is not there: a daemon may have been killed before it was.
  private func seed(_ guest: Guest, from template: Template) async throws {
    guard let cloudInit = template.cloudInit else { return }
    let path = GuestFolder(guests: guests).seed(of: guest.name)
    try await CloudSeed(guest: guest, cloudInit: cloudInit, path: path).make()
  }

  public func adopt(_ path: String, for guest: Guest, from template: Template) async throws {
    try await templates.verify(template)
    if try files.hasDisk(guest) { return try await seed(guest, from: template) }
    guard HostFiles.facts(of: path) != nil else {
      throw Problem(
        .notFound, subject: "guest \(guest.name)",
        "the disk for guest \"\(guest.name)\" is not there: \(path)",
        hint: "ask again; what it was made from is as it was")
    }
    let image = templates.path(of: .disk, in: template)
    try await make(for: guest) { new in
      try FirmwareState(besides: path).copy(to: files.firmwareState(0, of: guest.name))
      try HostFiles.move(path, to: new)
      try await Program.qemuImg.run(
        ["rebase", "-q", "-u", "-f", "qcow2", "-F", "qcow2", "-b", image, new],
        to: Self.purpose(guest), subject: "guest \(guest.name)", space: new, within: .seconds(60))
    }
    try await seed(guest, from: template)
  }

  public func require(for guest: Guest, from template: Template) async throws {
    try await templates.verify(template)
    let needed = guest.disks.chain(of: guest.disks.active).map { files.layer($0, of: guest) }
    if let path = needed.first(where: { HostFiles.facts(of: $0) == nil }) {
      throw Problem(
        .notFound, subject: "guest \(guest.name)",
        "the disk of guest \"\(guest.name)\" is gone: there is no file \(path)",
        hint: "put the file back, or mount what holds it; to give the guest up: "
          + "covey delete \(guest.name)")
    }
    try files.requireNoStranger(of: guest)
    try await seed(guest, from: template)
  }

  /// The folder says whose it is, so that a new guest never takes over what an older one left.
  private func claim(for guest: Guest) throws {
    let folder = files.folder(of: guest.name)
    if try LayerPlace.requireStanding(of: folder, for: guest) { return }
    if HostFiles.facts(of: folder) == nil { try makeFolder(of: guest.name) }
    try HostFiles.write(
      guest.uuid.utf8, to: "\(folder)/owner", mode: 0o600, waits: guest.disk == .persistent)
  }

  private func makeFolder(of guest: Name) throws {
    try HostFiles.makeFolder(guests)
    try HostFiles.makeFolder(files.folder(of: guest))
    try HostFiles.setMode(folderMode, of: files.folder(of: guest))
  }

  public func renew(for guest: Guest, from template: Template) async throws {
    try await templates.verify(template)
    try await make(for: guest, from: template)
    // What its firmware remembers is of the disk that is gone.
    try FirmwareState(GuestFolder(guests: guests).firmwareState(0, of: guest.name)).remove()
    try await seed(guest, from: template)
  }

  /// A copy rather than an overlay: a fork's disk stands on the template alone, so that the set may go while the guest
  /// stays. It is small: what the template wrote from its start to its first answers.
  public func fork(for guest: Guest, from set: WarmSet, of template: Template) async throws {
    try await templates.verify(template)
    try await make(for: guest) { path in
      try HostFiles.copy(warm.path(of: .disk, in: set), to: path, mode: 0o600)
    }
  }

  public func remove(of guest: Guest) async throws {
    // Another guest's files are not this one's to remove, nor are those of nobody knows whom.
    let folder = files.folder(of: guest.name)
    let standing = try? LayerPlace.standing(of: folder, for: guest)  // unreadable
    guard let standing, standing != .anothers else { return }
    try removeElsewhere(of: guest)
    try HostFiles.remove(folder)
  }

  /// The layers that were moved away, and what they left on their way; what else lies there is not the guest's.
  private func removeElsewhere(of guest: Guest) throws {
    for folder in ([guest.disks.folder] + guest.disks.left).compactMap(\.self) {
      try LayerPlace(folder: folder, guest: guest, mode: folderMode)
        // A snapshot that was cut off may have made the next one already.
        .clear(below: guest.disks.next + 1, keepsFolder: false)
    }
  }

  public func usage(of guest: Guest) async -> ByteCount? {
    let layers = guest.disks.layers.map { files.layer($0, of: guest) }
      .filter { HostFiles.facts(of: $0) != nil }
    return layers.isEmpty
      ? nil : layers.map(HostFiles.space).reduce(ByteCount(bytes: 0), +)
  }

  private var files: GuestFolder { GuestFolder(guests: guests) }

  private func make(for guest: Guest, from template: Template) async throws {
    let image = templates.path(of: .disk, in: template)
    try requireSize(of: guest, above: image)
    try await make(for: guest) { path in
      // qemu-img would write through a file that a crash left behind.
      try HostFiles.write([], to: path, mode: 0o600)
      try await Program.qemuImg.run(
        [
          "create", "-q", "-f", "qcow2", "-F", "qcow2",
          "-b", image, path,
        ] + (guest.diskSize.map { ["\($0.bytes)"] } ?? []), to: Self.purpose(guest),
        subject: "guest \(guest.name)", space: path,
        within: .seconds(60))
    }
  }

  private func requireSize(of guest: Guest, above image: String) throws {
    guard let size = guest.diskSize else { return }
    let least = try QcowFile.virtualSize(of: image)
    guard size < least else { return }
    throw Problem(
      .invalid, subject: "guest \(guest.name)",
      "\(Self.purpose(guest)): it would have \(size), and template \"\(guest.template)\" has \(least)",
      hint: "leave out --disk-size, or ask for more")
  }

  private static func purpose(_ guest: Guest) -> String {
    "cannot make the disk of guest \"\(guest.name)\""
  }

  /// Lets `fill` make the file, and puts it in place whole. The writes of an ephemeral disk need not survive the host.
  private func make(for guest: Guest, fill: (String) async throws -> Void) async throws {
    let subject = "guest \(guest.name)"
    let purpose = Self.purpose(guest)
    try DiskSpace.require(Self.leastFree, at: guests, for: purpose, subject: subject)
    let folder = files.folder(of: guest.name)
    let isNew = HostFiles.facts(of: folder) == nil
    let new = "\(folder)/.disk.qcow2.new"
    do {
      try claim(for: guest)
      try HostFiles.remove(new)
      try await fill(new)
      if guest.disk == .persistent { try HostFiles.synchronize(new) }
      try HostFiles.rename(new, to: path(of: guest.name))
      if guest.disk == .persistent { try HostFiles.synchronize(folder) }
    } catch {
      try HostFiles.remove(isNew ? folder : new)
      throw error
    }
  }
}
