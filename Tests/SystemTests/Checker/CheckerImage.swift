import Foundation

/// A disk of a checker guest, read from outside: of a guest that does not run, or a layer that nobody writes to any more.
struct CheckerImage {
  /// A qcow2 image; layers below it are found by what it says.
  let path: String

  static let records = "/var/lib/checker/records"

  /// Reads the records without the file system's journal: their blocks were laid out before the first boot.
  ///
  /// Takes a copy of the disk in a temporary folder, with its holes.
  /// - Throws: when the image cannot be read, as while a guest writes to it, or holds no records of the right length.
  func state() async throws -> CheckerState {
    var template = Array("/tmp/cvs-checker-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Unexpected("cannot make a folder in /tmp") }
    let place = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { try? FileManager.default.removeItem(atPath: place) }  // it is in /tmp
    let (raw, out) = ("\(place)/raw", "\(place)/records")
    try await Self.run(
      "/usr/bin/qemu-img", ["convert", "-q", "-f", "qcow2", "-O", "raw", path, raw], place)
    // -c: a snapshot of a guest that runs has maps that its journal would mend. debugfs ends with 0 whatever happens: the
    // file tells.
    let said = try await Self.run(
      "/usr/sbin/debugfs", ["-c", "-R", "dump \(Self.records) \(out)", raw], place)
    guard let file = FileManager.default.contents(atPath: out) else {
      throw Unexpected("no records in \(path): \(said)")
    }
    return try CheckerState(file)
  }

  @discardableResult private static func run(
    _ program: String, _ arguments: [String], _ place: String
  ) async throws -> String {
    let child = try Child(program, arguments, log: "\(place)/log")
    let status = await child.end()
    guard status == 0 else {
      throw Unexpected("\(program) \(arguments.joined(separator: " ")): \(status) \(child.output)")
    }
    return child.output
  }
}
