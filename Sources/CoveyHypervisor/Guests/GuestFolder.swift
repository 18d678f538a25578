import Covey

/// Where a guest's files lie: `GUESTS/NAME/`, with its disk, its sockets, and its console's log. The disk may lie elsewhere.
public struct GuestFolder: Sendable, Hashable {
  /// Unix socket paths are limited to 107 bytes and a NUL (`unix(7)`).
  public static let longestSocketPath = LocalSocket.longestPath

  private let guests: String

  /// - `guests`: absolute path of the folder that holds one folder for each guest.
  public init(guests: String) { self.guests = guests }

  /// The first layer of a disk that was never moved: what every new guest begins with.
  public func disk(of guest: Name) -> String { path(guest, Self.layer(0)) }
  /// A layer of the guest's disk, wherever the disk lies.
  public func layer(_ number: Int, of guest: Guest) -> String {
    "\(layers(of: guest))/\(Self.layer(number))"
  }
  func folder(of guest: Name) -> String { "\(guests)/\(guest)" }
  /// The disc from which the guest's cloud-init reads who it is.
  func seed(of guest: Name) -> String { path(guest, "seed.iso") }
  /// What the guest's UEFI firmware remembers. It stays here wherever the layers lie: a machine that runs holds on to its path.
  func firmwareState(_ number: Int, of guest: Name) -> String {
    path(guest, number == 0 ? "nvram.fd" : "nvram.\(number).fd")
  }
  /// The folder that holds the layers.
  public func layers(of guest: Guest) -> String { guest.disks.folder ?? "\(guests)/\(guest.name)" }
  /// A saved memory of the guest, which lies with its layers.
  func memory(_ number: Int, of guest: Guest) -> String {
    "\(layers(of: guest))/\(Self.memory(number))"
  }
  public func console(of guest: Name) -> String { path(guest, "console.sock") }
  /// Where QEMU listens for the guest's identity port.
  public func identity(of guest: Name) -> String { path(guest, "identity.sock") }
  /// Where QEMU listens for the guest's agent.
  public func agent(of guest: Name) -> String { path(guest, "agent.sock") }
  public func log(of guest: Name) -> String { path(guest, "console.log") }

  static func layer(_ number: Int) -> String {
    number == 0 ? "disk.qcow2" : "disk.\(number).qcow2"
  }

  /// Ends the name of the mark beside a layer that a mirror is being made of.
  static let mirrorMark = ".mirror"

  static func memory(_ number: Int) -> String { "memory.\(number).save" }

  /// The number of the layer that a file holds; nil for other files.
  static func layer(in file: String) -> Int? {
    if file == layer(0) { return 0 }
    let parts = file.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let number = Int(parts[1]), layer(number) == file else { return nil }
    return number
  }

  private func path(_ guest: Name, _ file: String) -> String { "\(guests)/\(guest)/\(file)" }
}

// Whose files lie there.
extension GuestFolder {
  /// Whether the guest's disk is made.
  ///
  /// - Throws: `.exists` when the folder holds another guest's files.
  func hasDisk(_ guest: Guest) throws(Problem) -> Bool {
    try LayerPlace.requireStanding(of: folder(of: guest.name), for: guest)
      && HostFiles.facts(of: disk(of: guest.name)) != nil
  }

  /// A layer that covey does not know may be newer than those that it knows, when its records were lost: a guest that is
  /// started without it would lose what it wrote, and a plan would take it for one of its own.
  ///
  /// - `expected`: a layer that a plan may have made already.
  func requireNoStranger(of guest: Guest, besides expected: Int? = nil) throws {
    let known = Set(guest.disks.layers + [expected].compactMap(\.self))
    let files = try HostFiles.names(in: layers(of: guest))
    let stranger = files.first { Self.layer(in: $0).map { !known.contains($0) } ?? false }
    if let stranger { throw self.stranger(stranger, of: guest) }
  }

  func stranger(_ file: String, of guest: Guest) -> Problem {
    let folder = layers(of: guest)
    return Problem(
      .conflict, subject: "guest \(guest.name)",
      "the folder of guest \"\(guest.name)\" has a layer that covey does not know: \(folder)/\(file)",
      hint: "it may hold what the guest wrote last; look with: qemu-img info --backing-chain "
        + "\(folder)/\(file); move it away to start without it")
  }
}
