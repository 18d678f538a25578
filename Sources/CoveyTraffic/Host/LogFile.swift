import Foundation

/// Keeps the log of a process that outlives covey from growing for as long as it lives.
enum LogFile {
  /// A log that is larger begins again; so many of its latest bytes are kept beside it, as `NAME.1`.
  static let mostBytes = 4 << 20

  /// To be called now and then. Its writer appends (`O_APPEND`), and goes on at the beginning; what it writes between the copy
  /// and the cut is lost. What fails is tried at the next call: a log is worth no failure. Blocks, nearly always for
  /// microseconds.
  static func trim(_ path: String, mostBytes: Int = mostBytes) {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_size > mostBytes,
      let file = FileHandle(forReadingAtPath: path)
    else { return }
    // A full file system has no room for the copy; then it needs the cut all the more.
    try? file.seek(toOffset: UInt64(facts.st_size) - UInt64(mostBytes))
    if let latest = try? file.readToEnd() {
      try? latest.write(to: URL(fileURLWithPath: path + ".1"), options: .atomic)
    }
    try? file.close()
    truncate(path, 0)
  }
}
