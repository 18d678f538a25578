import Covey
import Glibc

/// What covey reads of its own qcow2 files without asking qemu-img, which would have to lock them.
enum QcowFile {
  private static let magic: [UInt8] = [0x51, 0x46, 0x49, 0xFB]

  /// The size that a guest sees; bytes 24 to 31 of the header, big-endian (QEMU's `docs/interop/qcow2.txt`).
  static func virtualSize(of path: String) throws(Problem) -> ByteCount {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read", path) }
    defer { close(descriptor) }
    var header = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &header, header.count, 0)
    let size = header[24..<32].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard count == header.count, Array(header.prefix(4)) == magic, let bytes = Int64(exactly: size)
    else {
      throw Problem(
        .altered, subject: path, "\(path) is not the qcow2 image that it was",
        hint: "look at it with: qemu-img info \(path)")
    }
    return ByteCount(bytes: bytes)
  }
}
