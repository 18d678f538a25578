import Testing

@testable import Covey

/// Which format counts, and what has none.
@Suite struct ImageVerdictTests {
  private static let plain = [UInt8](repeating: 7, count: 1024)

  @Test func aRawImageMustBeDeclared() throws {
    #expect(refusal(of: Self.plain) == .unknownFormat)
    #expect(ImageRefusal.unknownFormat.problem(of: "/a").hint.contains("--image-format raw"))
    let verdict = try ImageVerdict(ImageBytes(Self.plain), declared: .raw)
    #expect(verdict.format == .raw)
    #expect(verdict.virtualSize == ByteCount(bytes: 1024))
  }

  @Test(arguments: [1, 511, 513, 1025])
  func aRawImageIsWholeSectors(length: Int) {
    let bytes = [UInt8](repeating: 7, count: length)
    #expect(refusal(of: bytes, declared: .raw) == .partSector(Int64(length)))
  }

  @Test(arguments: ImageFormat.allCases)
  func anEmptyFileIsNoImage(format: ImageFormat) {
    #expect(refusal(of: [], declared: format) == .empty)
  }

  @Test func aHugeFileIsRefusedUnread() {
    let bytes = ImageBytes(head: Self.plain, tail: Self.plain, size: 1 << 60)
    #expect(throws: ImageRefusal.self) { try ImageVerdict(bytes, declared: .raw) }
  }

  /// The attack: a guest writes a header into its raw disk, and somebody's QEMU probes it later.
  @Test func whatLooksLikeAnImageIsNeverRaw() {
    #expect(refusal(of: QcowSample().bytes, declared: .raw) == .disguised("a qcow2 image"))
    #expect(refusal(of: VMDKSample().bytes, declared: .raw) == .disguised("a vmdk image"))
    var broken = QcowSample()
    broken.version = .max
    #expect(refusal(of: broken.bytes, declared: .raw) == .disguised("a qcow2 image"))
  }

  @Test func aFormatDeclaredWronglyIsRefused() {
    #expect(
      refusal(of: QcowSample().bytes, declared: .vmdk)
        == .mismatch(declared: .vmdk, found: "a qcow2 image"))
    #expect(
      refusal(of: VMDKSample().bytes, declared: .qcow2)
        == .mismatch(declared: .qcow2, found: "a vmdk image"))
    #expect(
      refusal(of: Self.plain, declared: .qcow2)
        == .mismatch(declared: .qcow2, found: "nothing of that kind"))
    #expect(
      refusal(of: Array(VMDKSample.text().utf8), declared: .qcow2)
        == .mismatch(declared: .qcow2, found: "a VMDK descriptor"))
  }

  static let foreign: [(ForeignImage, Int, [UInt8])] = [
    (.qcow, 0, [0x51, 0x46, 0x49, 0xFB, 0, 0, 0, 1]), (.qed, 0, Array("QED\0".utf8)),
    (.vhdx, 0, Array("vhdxfile".utf8)), (.vpc, 0, Array("conectix".utf8)),
    (.vpc, 1024 - 512, Array("conectix".utf8)), (.vpc, 1024 - 511, Array("conectix".utf8)),
    (.vdi, 64, [0x7F, 0x10, 0xDA, 0xBE]), (.luks, 0, [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE]),
    (.parallels, 0, Array("WithoutFreeSpace".utf8)),
    (.parallels, 0, Array("WithouFreSpacExt".utf8)), (.vmfsSparse, 0, Array("COWD".utf8)),
    (.bochs, 0, Array("Bochs Virtual HD Image".utf8)),
    (.cloop, 0, Array("#!/bin/sh\n#V2.0 Format".utf8)), (.dmg, 1024 - 512, Array("koly".utf8)),
    (.gzip, 0, [0x1F, 0x8B, 8]), (.xz, 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
    (.zstd, 0, [0x28, 0xB5, 0x2F, 0xFD]), (.bzip2, 0, Array("BZh".utf8)),
    (.zip, 0, [0x50, 0x4B, 3, 4]), (.tar, 257, Array("ustar".utf8)),
  ]

  @Test(arguments: foreign)
  func aForeignFormatIsRefusedWithWhatToDo(
    foreign: ForeignImage, offset: Int, magic: [UInt8]
  ) throws {
    var bytes = Self.plain
    bytes.replaceSubrange(offset..<offset + magic.count, with: magic)
    #expect(refusal(of: bytes) == .foreign(foreign))
    let problem = ImageRefusal.foreign(foreign).problem(of: "/a")
    #expect(problem.code == .unsupported)
    #expect(problem.hint.contains("first"))
    #expect(refusal(of: bytes, declared: .raw) == .disguised(foreign.words))
  }

  @Test func everyForeignFormatIsTested() {
    #expect(Set(Self.foreign.map(\.0)) == Set(ForeignImage.allCases))
  }

  @Test(arguments: ["disk.img", "./disk.img", "~/disk.img", ""])
  func aRelativePathIsRefused(path: String) {
    #expect(throws: ImageRefusal.relativePath) { try ImagePath.check(path) }
  }

  @Test(arguments: ["/a/../b", "/..", "/a/.."])
  func aPathThatClimbsIsRefused(path: String) {
    #expect(throws: ImageRefusal.climbingPath) { try ImagePath.check(path) }
  }

  @Test(arguments: ["/a\nb", "/a\u{1B}[2J", "/a\0b", "/a\u{7F}"])
  func aPathThatCannotBeToldIsRefused(path: String) {
    #expect(throws: ImageRefusal.unprintablePath) { try ImagePath.check(path) }
    let problem = ImageRefusal.unprintablePath.problem(of: path)
    #expect(problem.message.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
  }

  @Test(arguments: ["/a..b", "/...", "/disk one.img", "/größe.img"])
  func anHonestPathIsNot(path: String) throws { try ImagePath.check(path) }
}
