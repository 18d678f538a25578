import Covey
import Glibc

/// The host's files, with the system's reasons in covey's words.
///
/// Every call blocks, briefly. Nothing here follows a symbolic link that stands at the end of a path.
enum HostFiles {
  static func environment(_ key: String) -> String? {
    getenv(key).map { String(cString: $0) }
  }

  static func parent(of path: String) -> String {
    let parts = path.split(separator: "/")
    guard path.hasPrefix("/") else {
      return parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
    }
    return "/" + parts.dropLast().joined(separator: "/")
  }

  /// What lies at a path; nil when nothing does.
  static func facts(of path: String) -> stat? {
    var facts = stat()
    return lstat(path, &facts) == 0 ? facts : nil
  }

  /// Whether both are one file or folder, whatever it is called: links on the way, bind mounts and `/proc/self/root` give one
  /// place many names.
  static func isSame(_ one: stat, _ other: stat) -> Bool {
    one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }

  /// The same of two paths; links at their ends are followed. What is not there is the same as nothing.
  static func areSame(_ one: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(one, &first) == 0 && stat(other, &second) == 0 && isSame(first, second)
  }

  /// A folder and those that it lies in, without links, up to the root; none when it is not there.
  static func lineage(of folder: String) -> [String] {
    guard let real = realpath(folder, nil) else { return [] }
    defer { free(real) }
    var line = [String(cString: real)]
    while let last = line.last, last != "/" { line.append(parent(of: last)) }
    return line
  }

  static func kind(_ facts: stat) -> FileKind {
    switch facts.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    case S_IFIFO: .pipe
    case S_IFSOCK: .socket
    default: .device
    }
  }

  /// Makes a folder and those above it; one that is there stays as it is.
  static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(Problem) {
    if let facts = facts(of: path), kind(facts) == .folder { return }
    let above = parent(of: path)
    if above != path, facts(of: above) == nil { try makeFolder(above, mode: mode) }
    if mkdir(path, mode) != 0, errno != EEXIST { throw problem("cannot make the folder", path) }
  }

  /// Makes a new folder whose name begins as given, for the current user only.
  static func makeTemporaryFolder(_ prefix: String) throws(Problem) -> String {
    var pattern = Array((prefix + "XXXXXX").utf8CString)
    guard mkdtemp(&pattern) != nil else { throw problem("cannot make a folder like", prefix) }
    return String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Names in a folder, sorted by their bytes.
  static func names(in folder: String) throws(Problem) -> [String] {
    guard let handle = opendir(folder) else { throw problem("cannot read the folder", folder) }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  static func rename(_ old: String, to new: String) throws(Problem) {
    guard Glibc.rename(old, new) == 0 else {
      throw problem("cannot rename to \(new) the file", old)
    }
  }

  /// Brings a file to a place that may lie on another file system.
  static func move(_ old: String, to new: String) throws(Problem) {
    if Glibc.rename(old, new) == 0 { return }
    guard errno == EXDEV else { throw problem("cannot move to \(new) the file", old) }
    try copy(old, to: new, mode: 0o600)
    try remove(old)
  }

  static func setMode(_ mode: mode_t, of path: String) throws(Problem) {
    guard chmod(path, mode) == 0 else { throw problem("cannot set the mode of", path) }
  }

  static func link(_ target: String, at path: String) throws(Problem) {
    guard symlink(target, path) == 0 else { throw problem("cannot make the link", path) }
  }

  /// Where a symbolic link points.
  static func target(of path: String) throws(Problem) -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.assumingMemoryBound(to: CChar.self).baseAddress.map { readlink(path, $0, bytes.count) }
    }
    guard let count, count >= 0 else { throw problem("cannot read the link", path) }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  /// Sets both times of a file or link to a second since 1970.
  static func setTimes(_ second: Int, of path: String) throws(Problem) {
    let moment = timespec(tv_sec: second, tv_nsec: 0)
    guard utimensat(AT_FDCWD, path, [moment, moment], AT_SYMLINK_NOFOLLOW) == 0 else {
      throw problem("cannot set the times of", path)
    }
  }

  /// Removes a file or a folder with all in it, sealed ones included; succeeds when it is gone.
  static func remove(_ path: String) throws(Problem) {
    guard let facts = facts(of: path) else { return }
    if kind(facts) == .folder {
      // A sealed folder is read-only, for its owner too.
      if facts.st_mode & 0o700 != 0o700 { try setMode(0o700, of: path) }
      for name in try names(in: path) { try remove("\(path)/\(name)") }
      guard rmdir(path) == 0 || errno == ENOENT else { throw problem("cannot remove", path) }
    } else {
      guard unlink(path) == 0 || errno == ENOENT else { throw problem("cannot remove", path) }
    }
  }

  /// The problem behind `errno`, which must not have been touched since.
  static func problem(_ what: String, _ path: String) -> Problem {
    let code = errno
    if code == ENOSPC || code == EDQUOT {
      return DiskSpace.full("\(what) \(path)", subject: path, at: path)
    }
    let reason = String(cString: strerror(code))
    return switch code {
    case ENOENT:
      Problem(.notFound, subject: path, "\(what) \(path): \(reason)", hint: "check the path")
    case EACCES, EPERM, EROFS:
      Problem(
        .invalid, subject: path, "\(what) \(path): \(reason)",
        hint: "give the user that runs coveyd access to it")
    default:
      Problem(
        .internal, subject: path, "\(what) \(path): \(reason)",
        hint: "look at the host's disks and its kernel log")
    }
  }
}

/// What lies at a path.
enum FileKind: String, Sendable {
  case file, folder, link, pipe, socket, device
}
