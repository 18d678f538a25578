import Covey
import Glibc
import Testing

@testable import CoveyHypervisor

/// A folder in which a test makes images, and one into which they would be taken.
struct ImageLab: Sendable {
  let place: String
  let shelf: String
  /// Somebody's file that no image may reach.
  let secret: String
  static let secretText = "root:covey-must-never-read-this:0:0:"

  init() throws {
    place = try TestPlace.folder("lab")
    shelf = "\(place)/shelf"
    secret = "\(place)/secret"
    try HostFiles.makeFolder(shelf)
    let text = Array(Self.secretText.utf8)
    let many = (0..<4096).flatMap { _ in text }
    try HostFiles.write(many, to: secret, mode: 0o600, waits: false)
  }

  func path(_ name: String) -> String { "\(place)/\(name)" }

  /// Makes a file of these bytes and returns its path.
  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try HostFiles.write(bytes, to: path(name), mode: 0o600, waits: false)
    return path(name)
  }

  @discardableResult
  func qemuImg(_ arguments: String...) async throws -> String {
    try await Program.qemuImg.run(
      arguments, to: "cannot make the image", subject: "test", in: place
    )
    .text
  }

  func qemuIO(_ image: String, format: String, _ commands: String...) async throws {
    try await Program(name: "qemu-io", package: "qemu-utils").run(
      ["-f", format] + commands.flatMap { ["-c", $0] } + [image], to: "cannot fill the image",
      subject: "test")
  }

  /// A new qcow2 image of 1 MiB.
  func qcow2(_ name: String = "a.qcow2", _ options: String = "compat=1.1") async throws -> String {
    try await qemuImg("create", "-q", "-f", "qcow2", "-o", options, path(name), "1M")
    return path(name)
  }

  /// A new VMDK image of 1 MiB.
  func vmdk(_ type: String = "monolithicSparse") async throws -> String {
    try await qemuImg(
      "create", "-q", "-f", "vmdk", "-o", "subformat=\(type)", path("a.vmdk"), "1M")
    return path("a.vmdk")
  }

  /// Writes bytes over those of a file.
  func patch(_ file: String, at offset: Int, _ bytes: [UInt8]) throws {
    let descriptor = open(file, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot patch", file) }
    defer { close(descriptor) }
    guard pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count else {
      throw HostFiles.problem("cannot patch", file)
    }
  }

  /// Writes a number, big end first, as qcow2 has them.
  func patch<T: FixedWidthInteger>(_ file: String, at offset: Int, number: T) throws {
    try patch(file, at: offset, withUnsafeBytes(of: number.bigEndian) { Array($0) })
  }

  /// Adds one extension in place of all others to the header of a qcow2 image that qemu-img made.
  func extend(_ file: String, _ type: UInt32, _ data: some Collection<UInt8>) throws {
    try patch(file, at: 112, number: type)
    try patch(file, at: 116, number: UInt32(data.count))
    try patch(file, at: 120, Array(data) + [UInt8](repeating: 0, count: 16))
  }

  func take(
    _ path: String, declared: ImageFormat? = nil, limits: ImageLimits = .init(),
    progress: @escaping @Sendable (ImageProgress) -> Void = { _ in }
  ) async throws -> TakenImage {
    try await ImageIntake().take(
      path, to: "\(shelf)/taken.qcow2", declared: declared, limits: limits, progress: progress)
  }

  /// The refusal of an image, which must leave nothing behind.
  func refusal(
    of path: String, declared: ImageFormat? = nil, limits: ImageLimits = .init(),
    progress: @escaping @Sendable (ImageProgress) -> Void = { _ in }
  ) async throws -> Problem {
    let found = await problem {
      _ = try await take(path, declared: declared, limits: limits, progress: progress)
    }
    #expect(try HostFiles.names(in: shelf).isEmpty)
    let problem = try #require(found, "\(path) was taken")
    #expect(!problem.hint.isEmpty)
    return problem
  }
}

/// Sees every opening of a file, whoever opens it.
final class OpeningWatch: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC))
    guard descriptor >= 0, inotify_add_watch(descriptor, path, UInt32(IN_OPEN | IN_ACCESS)) >= 0
    else { throw HostFiles.problem("cannot watch", path) }
  }

  deinit { close(descriptor) }

  /// Whether it was opened since this was asked last.
  var wasOpened: Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    return read(descriptor, &buffer, buffer.count) > 0
  }
}
