import Covey
import Crypto
import Foundation
import Glibc
import Synchronization

/// Copies a file and proves that the copy is the same: its bytes are hashed on the way and read again from the disk.
///
/// Holes stay holes. Blocks, so that it runs on a thread of its own.
struct FileCopy: Sendable {
  let source: String
  let target: String
  /// Bytes a second at most.
  let rate: ByteCount?
  let subject: String

  /// `lseek(2)`: the next bytes that are stored, and the next that are not.
  private static let (seekData, seekHole) = (Int32(3), Int32(4))
  private static let chunk = 4 << 20

  /// - `report`: called with the bytes that are done of those that are stored.
  /// - Returns: SHA-256 of the bytes.
  /// - Throws: `.altered` when what was read back is not what was written, `.noSpace`, `CancellationError`. The target is then
  ///   left for the caller to remove.
  func run(report: @escaping @Sendable (ByteCount) -> Void) async throws -> String {
    let isCancelled = Mutex(false)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(
            with: Result {
              try copy(report: report, unless: { isCancelled.withLock(\.self) })
            })
        }
      }
    } onCancel: {
      isCancelled.withLock { $0 = true }
    }
  }

  private func copy(report: (ByteCount) -> Void, unless isCancelled: () -> Bool) throws -> String {
    let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard from >= 0 else { throw HostFiles.problem("cannot read", source) }
    defer { close(from) }
    let into = open(target, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard into >= 0 else { throw HostFiles.problem("cannot write", target) }
    defer { close(into) }
    var facts = stat()
    guard fstat(from, &facts) == 0, ftruncate(into, facts.st_size) == 0 else {
      throw HostFiles.problem("cannot write", target)
    }
    let length = Int(facts.st_size)
    let written = try walk(from, source, length, isCancelled) { offset, bytes in
      try write(bytes, at: offset, into)
      report(ByteCount(bytes: Int64(bytes.count)))
    }
    guard fsync(into) == 0 else { throw HostFiles.problem("cannot write", target) }
    // What is read back must come from the disk, not from memory.
    posix_fadvise(into, 0, 0, POSIX_FADV_DONTNEED)
    let readBack = try walk(into, target, length, isCancelled) { _, _ in }
    guard written == readBack else {
      throw Problem(
        .altered, subject: subject,
        "the copy \(target) is not the same as \(source): \(readBack) instead of \(written)",
        hint: "the disk under \(target) may be failing; look at the host's kernel log")
    }
    return written
  }

  /// Reads what is stored, in order, and hashes the whole file; a hole counts as the zeros that it reads as.
  private func walk(
    _ descriptor: Int32, _ path: String, _ length: Int, _ isCancelled: () -> Bool,
    _ take: (_ offset: Int, UnsafeRawBufferPointer) throws -> Void
  ) throws -> String {
    var hash = SHA256()
    var pace = Pace(rate: rate)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 4096)
    defer { buffer.deallocate() }
    let zeros = [UInt8](repeating: 0, count: Self.chunk)
    var offset = 0
    while offset < length {
      if isCancelled() { throw CancellationError() }
      let data = min(length, stored(descriptor, after: offset, length))
      while offset < data {
        let count = min(data - offset, Self.chunk)
        zeros.withUnsafeBytes { hash.update(bufferPointer: .init(rebasing: $0[..<count])) }
        offset += count
      }
      let end = min(length, Int(lseek(descriptor, off_t(offset), Self.seekHole)))
      while offset < max(end, 0) {
        if isCancelled() { throw CancellationError() }
        let count = pread(
          descriptor, buffer.baseAddress, min(end - offset, Self.chunk), off_t(offset))
        guard count > 0 else { throw HostFiles.problem("cannot read", path) }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        hash.update(bufferPointer: bytes)
        try take(offset, bytes)
        offset += count
        pace.wait(after: count)
      }
    }
    return FileDigest.hexadecimal(hash.finalize())
  }

  /// Where the next stored bytes begin; the end where there are none.
  private func stored(_ descriptor: Int32, after offset: Int, _ length: Int) -> Int {
    let place = lseek(descriptor, off_t(offset), Self.seekData)
    return place < 0 ? length : Int(place)
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ descriptor: Int32) throws {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw HostFiles.problem("cannot write", target) }
      done += count
    }
  }
}

/// Holds a loop to a rate.
private struct Pace {
  private let rate: ByteCount?
  private let began = ContinuousClock.now
  private var moved = 0

  init(rate: ByteCount?) { self.rate = rate }

  mutating func wait(after count: Int) {
    guard let rate else { return }
    moved += count
    let due = began + .seconds(Double(moved) / Double(rate.bytes))
    let ahead = ContinuousClock.now.duration(to: due)
    if ahead > .zero { Thread.sleep(forTimeInterval: ahead.inSeconds) }
  }
}
