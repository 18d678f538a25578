import Testing

@testable import Covey

/// Sparse VMDKs and the texts in them, spoilt.
@Suite struct VMDKHeaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let word: String
    let spoil: @Sendable (inout VMDKSample) -> Void
    var testDescription: String { name }

    init(_ name: String, _ word: String, _ spoil: @escaping @Sendable (inout VMDKSample) -> Void) {
      self.name = name
      self.word = word
      self.spoil = spoil
    }
  }

  @Test func aSoundImageIsTaken() throws {
    let verdict = try ImageVerdict(ImageBytes(VMDKSample().bytes))
    #expect(verdict.format == .vmdk)
    #expect(verdict.virtualSize == .mebibytes(1))
  }

  @Test func aStreamWithItsDirectoryAtTheEndIsTaken() throws {
    var sample = VMDKSample()
    sample.version = 3
    sample.flags = 0x30001
    sample.compression = 1
    sample.directory = .max
    sample.hasFooter = true
    sample.descriptor = VMDKSample.text(type: "streamOptimized")
    #expect(refusal(of: sample.bytes) == nil)
    sample.hasFooter = false
    #expect(refusal(of: sample.bytes)?.problem(of: "/a").message.contains("footer") == true)
  }

  static let pointing = [
    Case("an envelope of a descriptor", "/etc/passwd") {
      $0.capacity = 0
      $0.descriptor = VMDKSample.text(
        type: "monolithicFlat", extents: ["RW 2048 FLAT \"/etc/passwd\" 0"])
    },
    Case("an envelope that claims to be sparse", "/etc/passwd") {
      $0.capacity = 0
      $0.descriptor = VMDKSample.text(extents: ["RW 2048 SPARSE \"/etc/passwd\""])
    },
    Case("a flat extent", "/etc/passwd") {
      $0.descriptor = VMDKSample.text(extents: ["RW 2048 FLAT \"/etc/passwd\" 0"])
    },
    Case("an extent elsewhere", "../../secret") {
      $0.descriptor = VMDKSample.text(extents: ["RW 2048 SPARSE \"../../secret\""])
    },
    Case("the folder above", "..") {
      $0.descriptor = VMDKSample.text(extents: ["RW 2048 SPARSE \"..\""])
    },
    Case("a second extent", "b.vmdk") {
      $0.descriptor = VMDKSample.text(
        extents: ["RW 1024 SPARSE \"a.vmdk\"", "RW 1024 SPARSE \"b.vmdk\""])
    },
    Case("a split disk", "twoGbMaxExtentSparse") {
      $0.descriptor = VMDKSample.text(type: "twoGbMaxExtentSparse")
    },
    Case("a device", "fullDevice") { $0.descriptor = VMDKSample.text(type: "fullDevice") },
    Case("a parent's number", "12345678") {
      $0.descriptor = VMDKSample.text(parent: "parentCID=12345678")
    },
    Case("a parent's name", "/etc/passwd") {
      $0.descriptor = VMDKSample.text(
        parent: "parentCID=ffffffff\nparentFileNameHint=\"/etc/passwd\"")
    },
    Case("a parent's name where QEMU looks and the header does not point", "/etc/passwd") {
      $0.descriptor = VMDKSample.text() + "\0parentFileNameHint=\"/etc/passwd\""
    },
    Case("a parent's name before the descriptor", "/etc/passwd") {
      let hint = "parentFileNameHint=\"/etc/passwd\""
      let room = String(repeating: " ", count: 1024 - hint.utf8.count)
      $0.descriptor = hint + room + VMDKSample.text()
      $0.descriptorOffset = 3
    },
  ]

  @Test(arguments: pointing)
  func whatPointsAtAnotherFileIsRefusedWithItsName(_ item: Case) throws {
    var sample = VMDKSample()
    item.spoil(&sample)
    let problem = try #require(refusal(of: sample.bytes)).problem(of: "/a.vmdk")
    #expect(problem.code == .invalid)
    #expect(problem.message.contains("covey reads no file that an image names"))
    #expect(problem.message.contains(item.word), "\(problem.message)")
  }

  static let broken = [
    Case("no descriptor", "no descriptor") { $0.descriptorOffset = 0 },
    Case("an empty descriptor", "no descriptor") { $0.descriptorLength = 0 },
    Case("a huge descriptor", "sectors long") { $0.descriptorLength = .max },
    Case("a descriptor at the end of numbers", "sectors long") { $0.descriptorOffset = .max },
    Case("a descriptor beyond the end", "ends before") { $0.descriptorOffset = 100 },
    Case("a text without a type", "type unknown") { $0.descriptor = "RW 2048 SPARSE \"a.vmdk\"" },
    Case("no text", "type unknown") { $0.descriptor = "" },
    Case("grains of no sector", "grains have 0") { $0.grain = 0 },
    Case("grains of 100 sectors", "grains have 100") { $0.grain = 100 },
    Case("huge grains", "grains have 2097152") { $0.grain = 1 << 21 },
    Case("empty tables", "tables have 0") { $0.tableEntries = 0 },
    Case("huge tables", "tables have 513") { $0.tableEntries = 513 },
    Case("a directory beyond the end", "directory lies beyond") { $0.directory = 66 },
    Case("no directory", "directory lies beyond") { $0.directory = 0 },
    Case("a directory nearly at the end of numbers", "directory lies beyond") {
      $0.directory = .max - 1
    },
    Case("a spare directory beyond the end", "directory lies beyond") {
      $0.spareDirectory = 1 << 40
    },
    Case("a directory that leaves the file", "directory lies beyond") { $0.capacity = 1 << 31 },
    Case("data beyond the end", "data begin beyond") { $0.overhead = 1 << 20 },
    Case("an unknown compression", "compression is of type 2") { $0.compression = 2 },
    Case("altered line ends", "line ends") { $0.lineEnds = [0x0A, 0x20, 0x0A, 0x0A] },
    Case("a machine that has it open", "not closed") { $0.unclean = 1 },
  ]

  @Test(arguments: broken)
  func whatCannotBeIsRefused(_ item: Case) throws {
    var sample = VMDKSample()
    item.spoil(&sample)
    let problem = try #require(refusal(of: sample.bytes)).problem(of: "/a.vmdk")
    #expect(problem.code == .invalid)
    #expect(problem.message.contains(item.word), "\(problem.message)")
  }

  @Test(arguments: [UInt64(1) << 33, 1 << 55, 1 << 63, .max])
  func aDiskOverTheLimitIsRefused(sectors: UInt64) {
    var sample = VMDKSample()
    sample.capacity = sectors
    #expect(refusal(of: sample.bytes)?.problem(of: "/a").code == .limit)
  }

  @Test(arguments: [UInt32(0), 4, .max])
  func anUnknownVersionIsRefused(version: UInt32) {
    var sample = VMDKSample()
    sample.version = version
    #expect(refusal(of: sample.bytes) == .version("VMDK", version))
  }

  @Test func aFooterThatSaysSomethingElseIsRefused() {
    var sample = VMDKSample()
    sample.directory = .max
    sample.hasFooter = true
    var bytes = sample.bytes
    #expect(refusal(of: bytes) == nil)
    bytes.putLittle(UInt64(4096), at: bytes.count - 1024 + 12)
    #expect(refusal(of: bytes)?.problem(of: "/a").message.contains("differ") == true)
  }

  @Test func vmwaresEncryptionIsRefused() {
    var sample = VMDKSample()
    sample.descriptor = VMDKSample.text() + "encryption.keySafe = \"vmware:key/list\"\n"
    #expect(refusal(of: sample.bytes)?.problem(of: "/a").code == .unsupported)
  }

  @Test(arguments: ["monolithicFlat", "twoGbMaxExtentFlat", "twoGbMaxExtentSparse", "vmfs"])
  func aTextThatListsFilesIsRefusedWithTheirNames(type: String) throws {
    let text = VMDKSample.text(
      type: type, extents: ["RW 2048 FLAT \"/etc/passwd\" 0", "RW 2048 FLAT \"../b\" 0"])
    for declared in [nil, ImageFormat.vmdk] {
      let found = refusal(of: Array(text.utf8), declared: declared)
      #expect(found == .scattered(type: type, files: ["/etc/passwd", "../b"]))
    }
  }

  /// QEMU takes a text for a descriptor without its first line too.
  @Test(arguments: ["# Disk DescriptorFile\n", "version=1\n", "#x\n\n  \nversion=3\n"])
  func aTextDeclaredRawIsRefused(text: String) {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0x0A, count: 512 - text.utf8.count)
    #expect(refusal(of: bytes, declared: .raw) == .disguised("a VMDK descriptor"))
  }

  @Test func aHeaderIsReadToItsEndOrRefused() {
    let whole = VMDKSample().bytes
    for length in 4..<600 { #expect(refusal(of: Array(whole.prefix(length))) != nil) }
    #expect(refusal(of: Array(whole.prefix(78))) == .truncated)
  }

  @Test func noByteOfTheHeaderIsFatal() {
    let whole = VMDKSample().bytes
    for offset in 0..<128 {
      for value in [UInt8(0), 1, 0x7F, 0x80, 0xFF] {
        var bytes = whole
        bytes[offset] = value
        _ = refusal(of: bytes)
      }
    }
  }
}
