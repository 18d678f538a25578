import Covey
import Glibc

/// Reading past the kernel's memory, where the file system can.
///
/// What is read once, like a disk that is copied, costs much less so: the kernel looks for no room, copies nothing, and forgets
/// nothing else for it.
extension HostFiles {
  #if arch(arm64)
    private static let direct: Int32 = 0o200000
  #else
    private static let direct: Int32 = 0o40000
  #endif

  /// A length rounded up to what such reads may have.
  static func aligned(_ length: Int) -> Int {
    (length + CopyRing.alignment - 1) & ~(CopyRing.alignment - 1)
  }

  /// From now on. Where the file system has no such reads, it goes through the kernel's memory as ever.
  static func readDirectly(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | direct)
  }

  /// - Returns: whether it read directly until now.
  private static func readPlainly(_ descriptor: Int32) -> Bool {
    let flags = fcntl(descriptor, F_GETFL)
    guard flags & direct != 0 else { return false }
    return fcntl(descriptor, F_SETFL, flags & ~direct) == 0
  }

  /// Fills a buffer with a part of a file, all of it.
  ///
  /// - `range`: begins at a multiple of the alignment, and ends at one or at the file's end.
  static func fill(
    _ buffer: UnsafeMutableRawBufferPointer, with range: Range<Int>, of descriptor: Int32,
    _ path: String
  ) throws(Problem) {
    var done = 0
    while done < range.count {
      let rest = UnsafeMutableRawBufferPointer(
        rebasing: buffer[done..<max(done, aligned(range.count))])
      let count = pread(
        descriptor, rest.baseAddress, rest.count, off_t(range.lowerBound + done))
      if count < 0, errno == EINTR { continue }
      // Some file systems refuse such reads only when they come, or want larger steps.
      if count < 0, errno == EINVAL, readPlainly(descriptor) { continue }
      // It is shorter than it was.
      if count == 0 { errno = EIO }
      guard count > 0 else { throw problem("cannot read", path) }
      done += count
    }
  }
}
