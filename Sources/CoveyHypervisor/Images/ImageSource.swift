import Covey
import Glibc

/// An image that somebody named, opened once; whatever is put at its path afterwards does not matter.
struct ImageSource {
  let path: String
  let size: ByteCount
  /// What it takes on its disk: less than its size when it has holes.
  let space: ByteCount
  let descriptor: Int32
  private let facts: stat

  // Glibc's module hides what Linux adds to POSIX. The numbers are those of asm-generic/fcntl.h.
  private static let pathOnly: Int32 = 0o10_000_000  // O_PATH
  private static let testLock: Int32 = 36  // F_OFD_GETLK

  /// Opens a regular file. A link at the end of the path is not followed; those before it are, as with any path.
  ///
  /// The file is looked at before it is opened: to open a device may set it in motion, and a pipe may wait.
  init(_ path: String) throws(Problem) {
    do throws(ImageRefusal) { try ImagePath.check(path) } catch { throw error.problem(of: path) }
    let handle = open(path, Self.pathOnly | O_NOFOLLOW | O_CLOEXEC)
    guard handle >= 0 else { throw HostFiles.problem("cannot open the image", path) }
    defer { close(handle) }
    var facts = stat()
    guard fstat(handle, &facts) == 0 else { throw HostFiles.problem("cannot open", path) }
    do throws(ImageRefusal) { try Self.check(facts) } catch { throw error.problem(of: path) }
    // The name of the handle leads to the very file that was looked at.
    descriptor = open("/proc/self/fd/\(handle)", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostFiles.problem("cannot read the image", path) }
    self.path = path
    self.facts = facts
    size = ByteCount(bytes: Int64(facts.st_size))
    space = ByteCount(bytes: min(Int64(facts.st_size), Int64(facts.st_blocks) * 512))
    if isBeingWritten() {
      close(descriptor)
      throw ImageRefusal.beingWritten.problem(of: path)
    }
  }

  /// Must be called once.
  func end() { close(descriptor) }

  private static func check(_ facts: stat) throws(ImageRefusal) {
    let kind = HostFiles.kind(facts)
    guard kind == .file else { throw .noFile(kind: kind.rawValue) }
    guard facts.st_nlink > 0 else { throw .changed }
    guard facts.st_size > 0 else { throw .empty }
  }

  /// QEMU says what it does with an image by locks on single bytes, where 101 stands for writing
  /// (`block/file-posix.c`, `raw_apply_lock_bytes`).
  private func isBeingWritten() -> Bool {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = 101
    lock.l_len = 1
    // A file system without locks has none to tell of.
    return fcntl(descriptor, Self.testLock, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
  }

  /// Refuses when it is not as it was when it was opened.
  func checkUnchanged(read: Int64) throws(Problem) {
    var now = stat()
    guard fstat(descriptor, &now) == 0 else { throw HostFiles.problem("cannot read", path) }
    guard read == size.bytes, now.st_size == facts.st_size,
      now.st_mtim.tv_sec == facts.st_mtim.tv_sec, now.st_mtim.tv_nsec == facts.st_mtim.tv_nsec
    else { throw ImageRefusal.changed.problem(of: path) }
  }
}

extension ImageBytes {
  /// Reads both ends of an open file.
  init(reading descriptor: Int32, _ path: String) throws(Problem) {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw HostFiles.problem("cannot read", path) }
    let size = Int64(facts.st_size)
    let tail = min(size, Int64(Self.tailLength))
    self.init(
      head: try Self.bytes(descriptor, path, from: 0, count: min(size, Int64(Self.headLength))),
      tail: try Self.bytes(descriptor, path, from: size - tail, count: tail), size: size)
  }

  private static func bytes(_ descriptor: Int32, _ path: String, from start: Int64, count: Int64)
    throws(Problem) -> [UInt8]
  {
    var buffer = [UInt8](repeating: 0, count: Int(count))
    var done = 0
    while done < buffer.count {
      let part = buffer.withUnsafeMutableBytes { buffer in
        pread(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
          off_t(start) + off_t(done))
      }
      if part < 0, errno == EINTR { continue }
      guard part >= 0 else { throw HostFiles.problem("cannot read", path) }
      guard part > 0 else { throw ImageRefusal.changed.problem(of: path) }
      done += part
    }
    return buffer
  }
}
