import Covey
import Glibc

/// The free space of the file system that a path lies on.
struct DiskSpace: Sendable, Hashable {
  /// Where the file system is mounted.
  let mountPoint: String
  /// What the current user may still write.
  let free: ByteCount
  let capacity: ByteCount

  /// Looks at the nearest folder that exists; nil when the system does not tell.
  init?(at path: String) {
    var path = path
    var facts = stat()
    while stat(path, &facts) != 0 {
      guard path != "/", !path.isEmpty else { return nil }
      path = HostFiles.parent(of: path)
    }
    var system = statvfs()
    guard statvfs(path, &system) == 0 else { return nil }
    free = ByteCount(bytes: Int64(system.f_bavail) * Int64(system.f_frsize))
    capacity = ByteCount(bytes: Int64(system.f_blocks) * Int64(system.f_frsize))
    mountPoint = Self.mountPoint(above: path, device: facts.st_dev)
  }

  private static func mountPoint(above path: String, device: dev_t) -> String {
    var path = path
    var facts = stat()
    while path != "/" {
      let parent = HostFiles.parent(of: path)
      guard stat(parent, &facts) == 0, facts.st_dev == device else { return path }
      path = parent
    }
    return path
  }

  /// What helps where covey's own files lie, or a guest's.
  static let makeRoom =
    "free space there; a guest's disk goes elsewhere with: covey disk move GUEST --to FOLDER"
  /// What helps where a user chose the place.
  static let chooseAnother = "free space there, or choose another place"

  /// Refuses when less than `least` is free.
  static func require(
    _ least: ByteCount, at path: String, for purpose: String, subject: String,
    hint: String = makeRoom
  ) throws(Problem) {
    guard let space = DiskSpace(at: path), space.free < least else { return }
    throw full(purpose, subject: subject, at: path, hint: hint)
  }

  /// The problem of a full file system.
  static func full(
    _ purpose: String, subject: String, at path: String, hint: String = makeRoom
  ) -> Problem {
    let place = DiskSpace(at: path).map {
      "the file system at \($0.mountPoint) has \($0.free) free"
    }
    return Problem(
      .noSpace, subject: subject, "\(purpose): \(place ?? "the file system of \(path) is full")",
      hint: hint)
  }
}
