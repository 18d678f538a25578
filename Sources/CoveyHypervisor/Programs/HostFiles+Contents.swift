import Covey
import Glibc

/// Reading and writing whole files.
extension HostFiles {
  /// A small file's text.
  ///
  /// - Throws: `.invalid` when it is no regular file, larger than `limit` or not UTF-8.
  static func text(of path: String, limit: Int) throws(Problem) -> String {
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw problem("cannot read", path) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw problem("cannot read", path) }
    guard kind(facts) == .file else {
      throw Problem(
        .invalid, subject: path, "\(path) is a \(kind(facts).rawValue)", hint: "put a file there")
    }
    guard facts.st_size <= limit else {
      throw Problem(
        .invalid, subject: path, "\(path) is larger than \(ByteCount(bytes: Int64(limit)))",
        hint: "make it smaller")
    }
    var bytes: [UInt8] = []
    try readAll(descriptor, path) { chunk in bytes.append(contentsOf: chunk) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(.invalid, subject: path, "\(path) is not UTF-8 text", hint: "save it as UTF-8")
    }
    return text
  }

  /// Writes a file and, unless told otherwise, waits until it is on the disk.
  static func write(
    _ bytes: some Sequence<UInt8>, to path: String, mode: mode_t, waits: Bool = true
  ) throws(Problem) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw problem("cannot write", path) }
    defer { close(descriptor) }
    try writeAll(Array(bytes), descriptor, path)
    guard fchmod(descriptor, mode) == 0, !waits || fsync(descriptor) == 0 else {
      throw problem("cannot write", path)
    }
  }

  /// Copies a regular file's bytes.
  static func copy(_ source: String, to path: String, mode: mode_t) throws(Problem) {
    let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard from >= 0 else { throw problem("cannot read", source) }
    defer { close(from) }
    let into = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard into >= 0 else { throw problem("cannot write", path) }
    defer { close(into) }
    try readAll(from, source) { chunk throws(Problem) in try writeAll(chunk, into, path) }
    guard fchmod(into, mode) == 0 else { throw problem("cannot write", path) }
  }

  /// Waits until a file or folder is on the disk.
  static func synchronize(_ path: String) throws(Problem) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem("cannot open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw problem("cannot write", path) }
  }

  /// Reads to the end in chunks of 1 MiB.
  static func readAll(
    _ descriptor: Int32, _ path: String, _ take: ([UInt8]) throws(Problem) -> Void
  ) throws(Problem) {
    while let chunk = try chunk(descriptor, path) { try take(chunk) }
  }

  /// The next bytes, 1 MiB at most; nil at the end.
  static func chunk(_ descriptor: Int32, _ path: String) throws(Problem) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw problem("cannot read", path) }
      return count == 0 ? nil : Array(buffer.prefix(count))
    }
  }

  static func writeAll(_ bytes: [UInt8], _ descriptor: Int32, _ path: String)
    throws(Problem)
  {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw problem("cannot write", path) }
      rest = rest.dropFirst(count)
    }
  }
}
