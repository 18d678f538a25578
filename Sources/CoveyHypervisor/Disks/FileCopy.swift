import Covey
import Crypto
import Foundation
import Glibc

/// Copies a file and proves that the copy is the same.
///
/// Four threads work at the same time: one reads the source past the kernel's memory, one hashes what was read, one writes it,
/// and one reads the written bytes from the target and compares them. When all are the same, one `fsync` brings the target to
/// its disk, and says of every write until then whether it failed. Holes stay holes.
struct FileCopy: Sendable {
  let source: String
  /// Where the copy will be, in place of what an earlier try left.
  let target: String
  /// Bytes a second that are written at most.
  let rate: ByteCount?
  let subject: String
  /// `lseek(2)`.
  var seek: @Sendable (Int32, off_t, Int32) -> off_t = { lseek($0, $1, $2) }
  /// Called with an offset whose bytes are written and will be compared next.
  var willCompare: @Sendable (Int) -> Void = { _ in }

  /// `lseek(2)`: the next bytes that are stored, and the next that are not.
  static let (seekData, seekHole) = (Int32(3), Int32(4))
  /// Space that is set aside in one call.
  private static let share = 256 << 20
  /// What is compared before the kernel is told to begin with writing it out, so that little is left for the end.
  private static let window = 32 << 20

  /// - `report`: called with the bytes that were written and compared, since it was called last.
  /// - Returns: SHA-256 of the bytes.
  /// - Throws: `.altered` when what stands in the target is not what was read, `.conflict` when both paths lead to one file,
  ///   `.noSpace`, `CancellationError`. Nothing is left at the target then that this call made.
  func run(report: @escaping @Sendable (ByteCount) -> Void) async throws -> String {
    let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard from >= 0 else { throw HostFiles.problem("cannot read", source) }
    defer { close(from) }
    HostFiles.readDirectly(from)
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
    let ring = CopyRing()
    return try await withTaskCancellationHandler {
      async let fed: Void = onThread(ring) { try read(from, length, into, ring) }
      async let hashed = onThread(ring) { try hash(ring) }
      async let written: Void = onThread(ring) { try write(into, ring) }
      async let compared: Void = onThread(ring) { try compare(into, ring, report) }
      do {
        let (digest, _, _, _) = try await (hashed, fed, written, compared)
        return digest
      } catch {
        // Where one thread gave up, the others only say that they were stopped.
        throw ring.failure ?? error
      }
    } onCancel: {
      ring.stop(CancellationError())
    }
  }

  /// Runs a body that blocks; its failure stops the other threads too.
  private func onThread<Value: Sendable>(
    _ ring: CopyRing, _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result {
            do { return try body() } catch {
              ring.stop(error)
              throw error
            }
          })
      }
    }
  }

  /// Reads what is stored, in order, and sets its space aside in the target.
  private func read(_ from: Int32, _ length: Int, _ into: Int32, _ ring: CopyRing) throws {
    var offset = 0
    while offset < length {
      let found = try next(Self.seekData, from, after: offset, atMost: length)
      // Where blocks are smaller than reads may be, a few zeros are read with the data.
      let data = max(offset, found == length ? length : found & ~(CopyRing.alignment - 1))
      for range in pieces(offset..<data, CopyRing.piece) {
        try ring.put(.init(range: range, isHole: true))
      }
      offset = data
      guard offset < length else { break }
      let end = min(
        HostFiles.aligned(try next(Self.seekHole, from, after: offset, atMost: length)), length)
      for share in pieces(offset..<end, Self.share) {
        try reserve(share, into)
        for range in pieces(share, CopyRing.piece) {
          try ring.put(.init(range: range, isHole: false)) { buffer in
            try HostFiles.fill(buffer, with: range, of: from, source)
          }
        }
      }
      offset = end
    }
    try ring.put(nil)
  }

  private func pieces(_ range: Range<Int>, _ size: Int) -> some Sequence<Range<Int>> {
    stride(from: range.lowerBound, to: range.upperBound, by: size).lazy.map {
      $0..<min($0 + size, range.upperBound)
    }
  }

  /// A full disk says so before it is written to, and what belongs together lies together.
  private func reserve(_ range: Range<Int>, _ into: Int32) throws {
    let code = posix_fallocate(into, off_t(range.lowerBound), off_t(range.count))
    guard code == 0 else {
      errno = code
      throw HostFiles.problem("cannot write", target)
    }
  }

  private func hash(_ ring: CopyRing) throws -> String {
    var hash = SHA256()
    let zeros = [UInt8](repeating: 0, count: CopyRing.piece)
    try ring.each(.hash) { part, bytes in
      zeros.withUnsafeBytes { zeros in
        let bytes = part.isHole ? zeros : UnsafeRawBufferPointer(bytes)
        hash.update(bufferPointer: .init(rebasing: bytes[..<part.range.count]))
      }
    }
    return FileDigest.hexadecimal(hash.finalize())
  }

  private func write(_ into: Int32, _ ring: CopyRing) throws {
    var pace = Pace(rate: rate)
    try ring.each(.write) { part, bytes in
      guard !part.isHole else { return }
      var done = 0
      while done < part.range.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done..<part.range.count])
        let count = pwrite(into, rest.baseAddress, rest.count, off_t(part.range.lowerBound + done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw HostFiles.problem("cannot write", target) }
        done += count
      }
      pace.wait(after: part.range.count, unless: { ring.failure != nil })
    }
  }

  /// Compares with the very bytes that are hashed: equal ones have the same digest.
  private func compare(
    _ into: Int32, _ ring: CopyRing, _ report: @Sendable (ByteCount) -> Void
  ) throws {
    let found = UnsafeMutableRawBufferPointer.allocate(
      byteCount: CopyRing.piece, alignment: CopyRing.alignment)
    defer { found.deallocate() }
    var (last, next) = (0..<0, 0)
    try ring.each(.compare) { part, bytes in
      guard !part.isHole else { return }
      willCompare(part.range.lowerBound)
      try HostFiles.fill(found, with: part.range, of: into, target)
      let count = part.range.count
      if let place = firstDifference(found, bytes, count) {
        throw altered(at: part.range.lowerBound + place)
      }
      report(ByteCount(bytes: Int64(count)))
      if part.range.upperBound - next >= Self.window {
        let window = next..<part.range.upperBound
        // To write it out, and to forget the one before, which is written by now: a large disk would push out all else.
        for range in [window, last] { forget(range, into) }
        (last, next) = (window, part.range.upperBound)
      }
    }
    guard fsync(into) == 0 else { throw HostFiles.problem("cannot write", target) }
  }

  private func firstDifference(
    _ one: UnsafeMutableRawBufferPointer, _ other: UnsafeMutableRawBufferPointer, _ count: Int
  ) -> Int? {
    guard let first = one.baseAddress, let second = other.baseAddress,
      memcmp(first, second, count) != 0
    else { return nil }
    return (0..<count).first { one[$0] != other[$0] }
  }

  /// What is not on the disk by then is not forgotten: the kernel begins to write it, and does not wait.
  private func forget(_ range: Range<Int>, _ into: Int32) {
    guard !range.isEmpty else { return }
    posix_fadvise(into, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_DONTNEED)
  }

  private func altered(at offset: Int) -> Problem {
    Problem(
      .altered, subject: subject,
      "the copy \(target) is not the same as \(source): it differs at byte \(offset)",
      hint: "the disk under \(target) or the host's memory may be failing; look at its kernel log")
  }

  /// Where the next stored bytes begin, or end. An answer of the disk's that is none is a failure, never a hole.
  private func next(_ what: Int32, _ from: Int32, after offset: Int, atMost limit: Int) throws
    -> Int
  {
    let place = seek(from, off_t(offset), what)
    if place >= off_t(offset) { return min(Int(place), limit) }
    // Nothing is stored any more up to the file's end.
    guard what == Self.seekData, place < 0, errno == ENXIO else {
      throw HostFiles.problem("cannot read", source)
    }
    return limit
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
