import Covey
import Glibc

/// The file of a backup, which may come from anywhere: what it says of itself is looked at before a program of QEMU's opens it.
struct BackupImage: Sendable {
  let path: String
  /// The name of the file beside it that it must stand on; nil for one that stands alone.
  let below: String?

  init(_ backup: Backup, in folder: BackupFolder) {
    path = folder.file(backup.id)
    below = backup.parent.map(Backup.file)
  }

  init(path: String, below: String?) {
    self.path = path
    self.below = below
  }

  /// - Returns: what the guest sees.
  /// - Throws: `Problem` when it is not the image that it must be, `.invalid` when it names another file.
  func judge() throws(Problem) -> ByteCount {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read", path) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, HostFiles.kind(facts) == .file else {
      throw Problem(
        .invalid, subject: path, "\(path) is no file", hint: "put the file back as it was")
    }
    let bytes = try ImageBytes(reading: descriptor, path)
    let below = below
    return try ImageRules(path: path, declared: .qcow2, limits: .init()).words {
      () throws(ImageRefusal) in
      guard let below else { return try ImageVerdict(bytes, declared: .qcow2).virtualSize }
      return try ImageVerdict(bytes, on: below).virtualSize
    }
  }
}
