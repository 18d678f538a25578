import Covey
import Glibc
import Synchronization
import Testing

@testable import CoveyHypervisor

@Suite struct FileCopyTests {
  private let place: String
  private var source: String { "\(place)/source" }
  private var target: String { "\(place)/target" }

  init() throws { place = try TestPlace.folder("copy") }

  private func copy(
    rate: ByteCount? = nil, seek: @escaping @Sendable (Int32, off_t, Int32) -> off_t = lseek
  ) -> FileCopy {
    FileCopy(source: source, target: target, rate: rate, subject: "test", seek: seek)
  }

  /// Data at the beginning, in the middle across two windows, and a hole at the end.
  private func makeSource() throws {
    let file = open(source, O_RDWR | O_CREAT, 0o600)
    guard file >= 0 else { throw HostFiles.problem("cannot write", source) }
    defer { close(file) }
    let part = (0..<1 << 16).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let bytes = [[UInt8]](repeating: part, count: 80).flatMap(\.self)
    for offset in [0, 30 << 20] {
      #expect(pwrite(file, bytes, bytes.count, off_t(offset)) == bytes.count)
    }
    #expect(ftruncate(file, 70 << 20) == 0)
  }

  @Test func aCopyHasTheBytesAndTheHolesAndItsDigestIsTheFiles() async throws {
    try makeSource()
    try HostFiles.write("left by an earlier try".utf8, to: target, mode: 0o600)
    let seen = Mutex(Int64(0))
    let digest = try await copy().run { more in seen.withLock { $0 += more.bytes } }
    #expect(try await digest == FileDigest.of(source))
    #expect(try await digest == FileDigest.of(target))
    // A file system may need a block more for its own lists.
    let apart = HostFiles.space(of: target).bytes - HostFiles.space(of: source).bytes
    #expect(abs(apart) <= 64 << 10)
    #expect(seen.withLock(\.self) == HostFiles.space(of: source).bytes)
  }

  @Test func anEmptyFileIsCopied() async throws {
    try HostFiles.write([], to: source, mode: 0o600)
    #expect(try await copy().run { _ in } == FileDigest.of(bytes: []))
    #expect(HostFiles.facts(of: target)?.st_size == 0)
  }

  @Test func aFileIsNotCopiedOverItselfByAnotherName() async throws {
    try makeSource()
    let digest = try await FileDigest.of(source)
    #expect(link(source, target) == 0)
    for target in [target, source, "/proc/self/root\(source)"] {
      let copy = FileCopy(source: source, target: target, rate: nil, subject: "test")
      #expect(await problem { _ = try await copy.run { _ in } }?.code == .conflict)
      #expect(try await FileDigest.of(source) == digest)
    }
  }

  /// The disk's answer where data lies decides what is copied: one that it fails to give is no hole.
  @Test(arguments: [FileCopy.seekData, FileCopy.seekHole], [EIO, ESTALE, EINVAL])
  func aFailureOfTheDiskIsNoHole(_ what: Int32, _ code: Int32) async throws {
    try makeSource()
    let failing = copy { file, offset, whence in
      guard whence == what, offset >= 30 << 20 else { return lseek(file, offset, whence) }
      errno = code
      return -1
    }
    #expect(await problem { _ = try await failing.run { _ in } } != nil)
    #expect(HostFiles.facts(of: target) == nil)
  }

  @Test func whatIsReadBackOtherwiseIsNoCopy() async throws {
    try makeSource()
    let target = target
    var spoiled = copy()
    spoiled.willCompare = { offset in
      guard offset == 31 << 20 else { return }
      let file = open(target, O_WRONLY)
      pwrite(file, [0xFF], 1, off_t(offset + 7))
      close(file)
    }
    let found = await problem { _ = try await spoiled.run { _ in } }
    #expect(found?.code == .altered)
    #expect(found?.message.contains("differs at byte \((31 << 20) + 7)") == true)
    #expect(HostFiles.facts(of: target) == nil)
  }

  /// Reads past the kernel's memory come in blocks; a file's end need not, and some file systems have no such reads.
  @Test(arguments: [1, 4095, 4097, (16 << 20) + 5], ["/var/tmp", "/dev/shm"])
  func anyLengthIsCopiedOnAnyFileSystem(_ length: Int, _ folder: String) async throws {
    let place = try HostFiles.makeTemporaryFolder("\(folder)/covey-copy-")
    defer { #expect(throws: Never.self) { try HostFiles.remove(place) } }
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    try HostFiles.write(bytes, to: "\(place)/source", mode: 0o600)
    let copy = FileCopy(
      source: "\(place)/source", target: "\(place)/target", rate: nil, subject: "test")
    #expect(try await copy.run { _ in } == FileDigest.of(bytes: bytes))
    #expect(try await FileDigest.of("\(place)/target") == FileDigest.of(bytes: bytes))
    #expect(HostFiles.facts(of: "\(place)/target")?.st_size == length)
  }

  /// Space is refused before anything is written, and the target is gone.
  @Test(.enabled(if: geteuid() == 0)) func aFullDiskLeavesNothing() async throws {
    try makeSource()
    let small = "\(place)/small"
    try HostFiles.makeFolder(small)
    try #require(mount("none", small, "tmpfs", 0, "size=6m") == 0)
    defer { umount2(small, Int32(MNT_DETACH)) }
    let copy = FileCopy(source: source, target: "\(small)/target", rate: nil, subject: "test")
    #expect(await problem { _ = try await copy.run { _ in } }?.code == .noSpace)
    #expect(try HostFiles.names(in: small).isEmpty)
  }

  @Test func aCopyThatIsCancelledLeavesNothing() async throws {
    try makeSource()
    let slow = copy(rate: .mebibytes(1))
    let task = Task { try await slow.run { _ in } }
    while HostFiles.facts(of: target) == nil { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(HostFiles.facts(of: target) == nil)
  }
}
