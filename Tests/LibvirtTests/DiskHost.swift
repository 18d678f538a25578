import Foundation
import Libvirt
import LibvirtXML
import Testing

/// A guest of the embedded QEMU driver and its images, for one process.
///
/// libvirt binds a process to the first root that it opens, for good, so each test that needs one is
/// an exit test. What the guest would write, its QEMU is told to write.
struct DiskHost {
  let host: EmbeddedHost
  let connection: Connection

  /// Runs a body on a fresh root, ends what it started and leaves the process.
  static func with(_ body: (DiskHost) async throws -> Void) async throws {
    // Ends the process when something that is waited for never comes.
    alarm(120)
    let host = try await EmbeddedHost()
    let place = DiskHost(host: host, connection: try await Connection.open(host.root.uri))
    do { try await body(place) } catch {
      // What an exit test throws arrives without its words.
      Issue.record("\(error)")
    }
    try await place.end()
    // libvirt's threads outlive its last connection, and the destructors that `exit` runs may pull
    // their memory from under them. What the test found is reported already.
    fflush(nil)
    _exit(EXIT_SUCCESS)
  }

  private func end() async throws {
    for domain in try await connection.domains(.active) { try await domain.destroy() }
    try await connection.close()
    try FileManager.default.removeItem(atPath: host.folder.path)
  }

  func path(_ name: String) -> String { "\(host.folder.path)/\(name)" }

  /// Starts a guest on the host's disk, which is 16 MiB of nothing.
  func start(_ name: String = "guest") async throws -> Domain {
    let guest = try await connection.define(domainXML: host.guest(name).serialised())
    try await guest.start()
    return guest
  }

  /// Makes an image on top of another one.
  func overlay(_ name: String, on base: String) async throws -> String {
    let made = try await ToolRun(
      "/usr/bin/qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base, path(name))
    guard made.status == 0 else { throw CocoaError(.fileWriteUnknown) }
    return path(name)
  }

  /// Moves a guest to an overlay that was made for it, in the way of an external snapshot.
  func snapshot(_ guest: Domain, into image: String) async throws {
    let document = SnapshotDocument(disks: [.external("vda", file: image)])
    try await guest.createSnapshot(
      xml: document.serialised(), [.diskOnly, .noMetadata, .reuseExternal, .atomic, .validate])
  }

  /// Fills a MiB of the guest's disk with a byte, as the guest would.
  func write(_ byte: UInt8, at mebibyte: Int, _ guest: Domain) async throws {
    let said = try await guest.humanMonitor(
      "qemu-io -d /machine/peripheral/virtio-disk0/virtio-backend \"write -P \(byte) \(mebibyte)M 1M\""
    )
    guard said.isEmpty else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Ends a guest's QEMU as a crash would.
  func crash(_ guest: Domain) async throws {
    let text = try String(contentsOfFile: path("run/qemu/\(guest.name).pid"), encoding: .utf8)
    guard let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    kill(process, SIGKILL)
    while try await guest.isActive { try await Task.sleep(for: .milliseconds(20)) }
  }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether a MiB of an image, or of those below it, is full of a byte.
  func holds(_ byte: UInt8, at mebibyte: Int, _ image: String) async throws -> Bool {
    try await ToolRun(
      "/usr/bin/qemu-io", "-U", "-r", "-f", "qcow2", "-c", "read -P \(byte) \(mebibyte)M 1M", image
    ).status == 0
  }

  /// What an image says of itself.
  func facts(_ image: String) async throws -> ImageFacts {
    let run = try await ToolRun("/usr/bin/qemu-img", "info", "-U", "--output=json", image)
    return try JSONDecoder().decode(ImageFacts.self, from: Data(run.output.utf8))
  }

  /// The guest's only disk, in the running domain or in its definition.
  func disk(_ guest: Domain, _ flags: DomainXMLFlags = []) async throws -> DiskDevice {
    let document = try DomainDocument(parsing: await guest.xml(flags))
    guard let disk = document.disks.first else { throw CocoaError(.featureUnsupported) }
    return disk
  }

  /// The image that the guest writes to and those below it, topmost first.
  func chain(_ guest: Domain, _ flags: DomainXMLFlags = []) async throws -> [String] {
    let disk = try await disk(guest, flags)
    return [disk.file ?? ""] + (disk.backingChain ?? []).map(\.file)
  }
}

/// The part of `qemu-img info` that the tests look at.
struct ImageFacts: Decodable {
  let format: String
  let size: UInt64
  let backing: String?
  let specific: Specific?

  var bitmaps: [String] { specific?.data.bitmaps?.map(\.name) ?? [] }

  struct Specific: Decodable { let data: Details }
  struct Details: Decodable { let bitmaps: [Bitmap]? }
  struct Bitmap: Decodable { let name: String }

  enum CodingKeys: String, CodingKey {
    case format
    case size = "virtual-size"
    case backing = "backing-filename"
    case specific = "format-specific"
  }
}
