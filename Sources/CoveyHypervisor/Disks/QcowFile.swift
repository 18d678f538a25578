import Covey
import Foundation
import Glibc

/// What covey reads of its own qcow2 files without asking qemu-img, which would have to lock them.
enum QcowFile {
  private static let magic: [UInt8] = [0x51, 0x46, 0x49, 0xFB]

  /// The name that the file has for the one that it stands on; nil where it stands alone.
  ///
  /// Bytes 8 to 15 of the header say where the name lies, 16 to 19 how long it is.
  static func backing(of path: String) throws(Problem) -> String? {
    let header = try header(of: path, count: 32)
    let place = header[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let length = header[16..<20].reduce(0) { $0 << 8 | Int($1) }
    guard place != 0 else { return nil }
    // A name has 1023 bytes at most, and lies in the first cluster, which has 2 MiB at most.
    guard place < 2 << 20, length <= 1023 else { throw altered(path) }
    let bytes = try bytes(of: path, from: Int(place), count: length)
    return String(validating: bytes, as: UTF8.self)
  }

  /// The size that a guest sees; bytes 24 to 31 of the header, big-endian (QEMU's `docs/interop/qcow2.txt`).
  static func virtualSize(of path: String) throws(Problem) -> ByteCount {
    let size = try header(of: path, count: 32)[24..<32].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let bytes = Int64(exactly: size) else { throw altered(path) }
    return ByteCount(bytes: bytes)
  }

  /// In how large pieces the file holds its disk, in bytes; bytes 20 to 23 of the header say it as a power of two, from 9 to 21.
  static func clusterSize(of path: String) throws(Problem) -> Int {
    let bits = try header(of: path, count: 32)[20..<24].reduce(0) { $0 << 8 | Int($1) }
    guard (9...21).contains(bits) else { throw altered(path) }
    return 1 << bits
  }

  /// What qemu-img opens a file by without those that it stands on (`json:` and QEMU's `BlockdevOptions`).
  static func alone(_ path: String) throws -> String {
    struct Node: Encodable {
      let driver: String
      let file: File
      struct File: Encodable {
        let driver = "file"
        let filename: String
      }
      private enum CodingKeys: String, CodingKey { case driver, file, backing }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(driver, forKey: .driver)
        try container.encode(file, forKey: .file)
        try container.encodeNil(forKey: .backing)
      }
    }
    let node = Node(driver: "qcow2", file: Node.File(filename: path))
    return "json:" + String(decoding: try JSONEncoder().encode(node), as: UTF8.self)
  }

  /// The names of the memories of changes that an image holds. The file may be in use.
  static func bitmaps(of path: String) async throws -> [String] {
    struct Report: Decodable {
      struct Specific: Decodable { let data: Details? }
      struct Details: Decodable { let bitmaps: [Bitmap]? }
      struct Bitmap: Decodable { let name: String }
      let specific: Specific?
      private enum CodingKeys: String, CodingKey { case specific = "format-specific" }
    }
    let output = try await Program.qemuImg.run(
      ["info", "-U", "-f", "qcow2", "--output=json", path], to: "cannot look into \(path)",
      subject: path)
    do {
      let report = try JSONDecoder().decode(Report.self, from: Data(output.text.utf8))
      return report.specific?.data?.bitmaps?.map(\.name) ?? []
    } catch {
      throw Problem(
        .internal, subject: path, "qemu-img's words on \(path) cannot be read: \(error)")
    }
  }

  private static func header(of path: String, count: Int) throws(Problem) -> [UInt8] {
    let header = try bytes(of: path, from: 0, count: count)
    guard Array(header.prefix(4)) == magic else { throw altered(path) }
    return header
  }

  private static func bytes(of path: String, from place: Int, count: Int) throws(Problem) -> [UInt8]
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read", path) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    guard pread(descriptor, &bytes, count, off_t(place)) == count else { throw altered(path) }
    return bytes
  }

  private static func altered(_ path: String) -> Problem {
    Problem(
      .altered, subject: path, "\(path) is not the qcow2 image that it was",
      hint: "look at it with: qemu-img info \(path)")
  }
}
