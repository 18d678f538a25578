import Covey
import Crypto
import Dispatch
import Foundation
import Glibc
import Synchronization

/// Copies a file and proves that the copy is the same: its bytes are hashed on the way, and read again from the disk.
///
/// One thread writes, a second one follows behind it and reads back what is on the disk by then. Holes stay holes.
struct FileCopy: Sendable {
  let source: String
  /// Where the copy will be, in place of what an earlier try left.
  let target: String
  /// Bytes a second that are written at most.
  let rate: ByteCount?
  let subject: String
  /// `lseek(2)`.
  var seek: @Sendable (Int32, off_t, Int32) -> off_t = { lseek($0, $1, $2) }

  /// `lseek(2)`: the next bytes that are stored, and the next that are not.
  static let (seekData, seekHole) = (Int32(3), Int32(4))
  private static let chunk = 4 << 20
  /// What is written before it is read back: the two threads then rarely wait for one another.
  private static let window = 32 << 20

  /// - `report`: called with the bytes that are on the disk and were read back, since it was called last.
  /// - Returns: SHA-256 of the bytes.
  /// - Throws: `.altered` when what was read back is not what was written, `.conflict` when both paths lead to one file,
  ///   `.noSpace`, `CancellationError`. Nothing is left at the target then that this call made.
  func run(report: @escaping @Sendable (ByteCount) -> Void) async throws -> String {
    let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard from >= 0 else { throw HostFiles.problem("cannot read", source) }
    defer { close(from) }
    let into = try makeTarget(apartFrom: from)
    defer { close(into) }
    do { return try await copy(from, into, report) } catch {
      try HostFiles.remove(target)
      throw error
    }
  }

  /// Never opens a file that is there: it might be the source by another name.
  private func makeTarget(apartFrom from: Int32) throws(Problem) -> Int32 {
    var facts = stat()
    guard fstat(from, &facts) == 0 else { throw HostFiles.problem("cannot read", source) }
    if let there = HostFiles.facts(of: target), HostFiles.isSame(there, facts) {
      throw Problem(
        .conflict, subject: subject, "\(target) and \(source) are one file",
        hint: "choose another place")
    }
    try HostFiles.remove(target)
    let into = open(target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard into >= 0 else { throw HostFiles.problem("cannot write", target) }
    guard ftruncate(into, facts.st_size) == 0 else {
      let problem = HostFiles.problem("cannot write", target)
      close(into)
      try HostFiles.remove(target)
      throw problem
    }
    return into
  }

  private func copy(
    _ from: Int32, _ into: Int32, _ report: @escaping @Sendable (ByteCount) -> Void
  ) async throws -> String {
    var facts = stat()
    guard fstat(into, &facts) == 0 else { throw HostFiles.problem("cannot write", target) }
    let length = Int(facts.st_size)
    let windows = stride(from: 0, to: length, by: Self.window).map {
      $0..<min($0 + Self.window, length)
    }
    let trail = Trail()
    return try await withTaskCancellationHandler {
      async let written = onThread(trail) { try write(windows, from, into, trail) }
      async let found = onThread(trail) { try readBack(windows, into, trail, report) }
      let digests: (String, String)
      do { digests = try await (written, found) } catch {
        // Where one thread gave up, the other one only says that it was stopped.
        throw trail.failure ?? error
      }
      guard digests.0 == digests.1 else { throw altered(digests) }
      return digests.0
    } onCancel: {
      trail.stop(CancellationError())
    }
  }

  /// Runs a body that blocks; its failure stops the other thread too.
  private func onThread(_ trail: Trail, _ body: @escaping @Sendable () throws -> String)
    async throws
    -> String
  {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            do { return try body() } catch {
              trail.stop(error)
              throw error
            }
          })
      }
    }
  }

  private func write(_ windows: [Range<Int>], _ from: Int32, _ into: Int32, _ trail: Trail) throws
    -> String
  {
    var (hash, pace) = (SHA256(), Pace(rate: rate))
    for window in windows {
      try read(window, of: from, source, into: &hash, trail) { offset, bytes in
        try write(bytes, at: offset, into)
        pace.wait(after: bytes.count, unless: { trail.failure != nil })
      }
      trail.written.signal()
    }
    return FileDigest.hexadecimal(hash.finalize())
  }

  private func readBack(
    _ windows: [Range<Int>], _ into: Int32, _ trail: Trail,
    _ report: @Sendable (ByteCount) -> Void
  ) throws -> String {
    var hash = SHA256()
    for window in windows {
      trail.written.wait()
      if let failure = trail.failure { throw failure }
      guard fdatasync(into) == 0 else { throw HostFiles.problem("cannot write", target) }
      // What is read back must come from the disk, not from memory.
      for advice in [POSIX_FADV_DONTNEED, POSIX_FADV_WILLNEED] {
        posix_fadvise(into, off_t(window.lowerBound), off_t(window.count), advice)
      }
      try read(window, of: into, target, into: &hash, trail) { _, bytes in
        report(ByteCount(bytes: Int64(bytes.count)))
      }
    }
    guard fsync(into) == 0 else { throw HostFiles.problem("cannot write", target) }
    return FileDigest.hexadecimal(hash.finalize())
  }

  private func altered(_ digests: (source: String, copy: String)) -> Problem {
    Problem(
      .altered, subject: subject,
      "the copy \(target) is not the same as \(source): \(digests.copy) instead of \(digests.source)",
      hint: "the disk under \(target) may be failing; look at the host's kernel log")
  }

  /// Reads what is stored of a part, in order, and hashes the whole part; a hole counts as the zeros that it reads as.
  private func read(
    _ part: Range<Int>, of descriptor: Int32, _ path: String, into hash: inout SHA256,
    _ trail: Trail, _ take: (_ offset: Int, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 4096)
    defer { buffer.deallocate() }
    var offset = part.lowerBound
    while offset < part.upperBound {
      let data = try next(Self.seekData, descriptor, path, after: offset, atMost: part.upperBound)
      try hashZeros(data - offset, into: &hash, trail)
      offset = data
      guard offset < part.upperBound else { return }
      let end = try next(Self.seekHole, descriptor, path, after: offset, atMost: part.upperBound)
      while offset < end {
        if let failure = trail.failure { throw failure }
        let count = pread(
          descriptor, buffer.baseAddress, min(end - offset, Self.chunk), off_t(offset))
        if count < 0, errno == EINTR { continue }
        // It is shorter than it was.
        if count == 0 { errno = EIO }
        guard count > 0 else { throw HostFiles.problem("cannot read", path) }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        hash.update(bufferPointer: bytes)
        try take(offset, bytes)
        offset += count
      }
    }
  }

  private func hashZeros(_ count: Int, into hash: inout SHA256, _ trail: Trail) throws {
    guard count > 0 else { return }
    let zeros = [UInt8](repeating: 0, count: min(count, Self.chunk))
    var left = count
    while left > 0 {
      if let failure = trail.failure { throw failure }
      let part = min(left, zeros.count)
      zeros.withUnsafeBytes { hash.update(bufferPointer: .init(rebasing: $0[..<part])) }
      left -= part
    }
  }

  /// Where the next stored bytes begin, or end. An answer of the disk's that is none is a failure, never a hole.
  private func next(
    _ what: Int32, _ descriptor: Int32, _ path: String, after offset: Int, atMost limit: Int
  ) throws -> Int {
    let place = seek(descriptor, off_t(offset), what)
    if place >= off_t(offset) { return min(Int(place), limit) }
    // Nothing is stored any more up to the file's end.
    guard what == Self.seekData, place < 0, errno == ENXIO else {
      throw HostFiles.problem("cannot read", path)
    }
    return limit
  }

  /// Sets the space aside first: a full disk says so before it is written to, and file systems that find it while they write
  /// take three times as long (ext4, measured).
  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ descriptor: Int32) throws {
    let code = posix_fallocate(descriptor, off_t(offset), off_t(bytes.count))
    guard code == 0 else {
      errno = code
      throw HostFiles.problem("cannot write", target)
    }
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

/// What the two threads of a copy know of one another.
private final class Trail: Sendable {
  /// Counts the windows that are written.
  let written = DispatchSemaphore(value: 0)
  private let stopped = Mutex<(any Error)?>(nil)

  /// Why both are to end; the first reason counts.
  var failure: (any Error)? { stopped.withLock(\.self) }

  func stop(_ why: any Error) {
    stopped.withLock { $0 = $0 ?? why }
    written.signal()
  }
}

/// Holds a loop to a rate.
private struct Pace {
  private static let longestNap = 0.2
  private let rate: ByteCount?
  private let began = ContinuousClock.now
  private var moved = 0

  init(rate: ByteCount?) { self.rate = rate }

  mutating func wait(after count: Int, unless isOver: () -> Bool) {
    guard let rate else { return }
    moved += count
    let due = began + .seconds(Double(moved) / Double(rate.bytes))
    while !isOver(), case let ahead = ContinuousClock.now.duration(to: due), ahead > .zero {
      Thread.sleep(forTimeInterval: min(ahead.inSeconds, Self.longestNap))
    }
  }
}
