import Testing

@testable import Covey

/// Each field of a qcow2 header, spoilt.
@Suite struct QcowHeaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// What the refusal's words must hold.
    let word: String
    let spoil: @Sendable (inout QcowSample) -> Void
    var testDescription: String { name }

    init(_ name: String, _ word: String, _ spoil: @escaping @Sendable (inout QcowSample) -> Void) {
      self.name = name
      self.word = word
      self.spoil = spoil
    }
  }

  @Test(arguments: [UInt32(2), 3])
  func aSoundImageIsTaken(version: UInt32) throws {
    var sample = QcowSample()
    sample.version = version
    let verdict = try ImageVerdict(ImageBytes(sample.bytes))
    #expect(verdict == (try ImageVerdict(ImageBytes(sample.bytes), declared: .qcow2)))
    #expect(verdict.format == .qcow2)
    #expect(verdict.virtualSize == .mebibytes(1))
  }

  static let harmless = [
    Case("names of features", "") {
      $0.extensions = [(0x6803_F857, nil, .init(repeating: 0, count: 48))]
    },
    Case("bitmaps", "") { $0.extensions = [(0x2385_2875, nil, .init(repeating: 0, count: 24))] },
    Case("zstd", "") {
      $0.incompatible = 8
      $0.compression = 1
    },
    Case("a longer header", "") { $0.length = 160 },
    Case("an L1 table with room", "") { $0.l1Entries = 64 },
    Case("small reference counts", "") { $0.refcountOrder = 0 },
  ]

  @Test(arguments: harmless)
  func whatHarmsNobodyIsTaken(_ item: Case) {
    var sample = QcowSample()
    item.spoil(&sample)
    #expect(refusal(of: sample.bytes) == nil)
  }

  static let pointing = [
    Case("a backing file", "/etc/passwd") { $0.point(at: "/etc/passwd") },
    Case("a relative backing file", "../../secret") { $0.point(at: "../../secret") },
    Case("a backing file in json", "json:{") {
      $0.point(at: "json:{\"driver\":\"file\",\"filename\":\"/etc/passwd\"}")
    },
    Case("a backing file on the network", "nbd:") { $0.point(at: "nbd:127.0.0.1:10809") },
    Case("a backing file that would move the cursor", "?[2Jabc") { $0.point(at: "\u{1B}[2Jabc") },
    Case("a backing file's name beyond the header", "not in the header") {
      $0.backing = Array("x".utf8)
      $0.backingOffset = 1 << 40
    },
    Case("a backing file's name at the end of numbers", "not in the header") {
      $0.backing = Array("x".utf8)
      $0.backingOffset = .max
    },
    Case("a backing file's name without a place", "not in the header") {
      $0.backing = Array("x".utf8)
      $0.backingOffset = 0
    },
    Case("a backing format alone", "raw") {
      $0.extensions = [(0xE279_2ACA, nil, Array("raw".utf8))]
    },
    Case("a data file", "/etc/shadow") {
      $0.incompatible = 4
      $0.extensions = [(0x4441_5441, nil, Array("/etc/shadow".utf8))]
    },
    Case("a data file in json", "json:{") {
      $0.incompatible = 4
      $0.extensions = [(0x4441_5441, nil, Array("json:{\"driver\":\"nbd\"}".utf8))]
    },
    Case("a data file without a name", "not in the header") { $0.incompatible = 4 },
    Case("a data file's name without its bit", "/etc/shadow") {
      $0.extensions = [(0x4441_5441, nil, Array("/etc/shadow".utf8))]
    },
  ]

  @Test(arguments: pointing)
  func whatPointsAtAnotherFileIsRefusedWithItsName(_ item: Case) throws {
    var sample = QcowSample()
    item.spoil(&sample)
    let problem = try #require(refusal(of: sample.bytes)).problem(of: "/a.qcow2")
    #expect(problem.code == .invalid)
    #expect(problem.message.contains("another file"))
    #expect(problem.message.contains(item.word))
    #expect(problem.hint.contains("qemu-img convert"))
  }

  static let unsupported = [
    Case("AES", "AES") { $0.encryption = 1 },
    Case("LUKS", "LUKS") { $0.encryption = 2 },
    Case("some other encryption", "method 9") { $0.encryption = 9 },
    Case("a pointer to a LUKS header", "LUKS") {
      $0.extensions = [(0x0537_BE77, nil, .init(repeating: 0, count: 16))]
    },
    Case("a snapshot", "1 internal") { $0.snapshots = 1 },
    Case("all the snapshots there can be", "4294967295 internal") { $0.snapshots = .max },
    Case("an unknown feature", "0x20") { $0.incompatible = 0x20 },
    Case("the highest feature", "0x8000000000000000") { $0.incompatible = 1 << 63 },
    Case("an unknown extension", "0x12345678") { $0.extensions = [(0x1234_5678, nil, [])] },
    Case("version 0", "version 0") { $0.version = 0 },
    Case("version 1", "version 1") { $0.version = 1 },
    Case("version 4", "version 4") { $0.version = 4 },
    Case("the last version", "version 4294967295") { $0.version = .max },
  ]

  @Test(arguments: unsupported)
  func whatCoveyDoesNotKeepIsRefused(_ item: Case) throws {
    var sample = QcowSample()
    item.spoil(&sample)
    let problem = try #require(refusal(of: sample.bytes)).problem(of: "/a.qcow2")
    #expect(problem.code == .unsupported)
    #expect(problem.message.contains(item.word))
    #expect(!problem.hint.isEmpty)
  }

  static let broken = [
    Case("clusters of 2^0", "2^0 ") { $0.clusterBits = 0 },
    Case("clusters of 2^8", "2^8 ") { $0.clusterBits = 8 },
    Case("clusters of 2^22", "2^22 ") { $0.clusterBits = 22 },
    Case("clusters of 2^63", "2^63 ") { $0.clusterBits = 63 },
    Case("clusters of 2^64", "2^64 ") { $0.clusterBits = 64 },
    Case("clusters of 2^4294967295", "2^4294967295 ") { $0.clusterBits = .max },
    Case("subclusters in clusters of 512 bytes", "subclusters") { $0.incompatible = 16 },
    Case("a disk without a byte", "0 bytes") { $0.size = 0 },
    Case("a disk of half a sector", "256 bytes") { $0.size = 256 },
    Case("no L1 table", "L1 table has 0") { $0.l1Entries = 0 },
    Case("an L1 table that is too short", "needs 32") { $0.l1Entries = 31 },
    Case("a huge L1 table", "L1 table has 4294967295") { $0.l1Entries = .max },
    Case("an L1 table beyond the end", "L1 table lies beyond") { $0.l1Offset = 2048 },
    Case("an L1 table that leaves the file", "L1 table lies beyond") { $0.l1Entries = 65 },
    Case("an L1 table at the end of numbers", "L1 table lies beyond") { $0.l1Offset = .max - 511 },
    Case("an L1 table in the header", "L1 table begins at 0") { $0.l1Offset = 0 },
    Case("an L1 table across clusters", "L1 table begins at 1537") { $0.l1Offset = 1537 },
    Case("no refcount table", "refcount table has 0") { $0.refcountClusters = 0 },
    Case("a huge refcount table", "refcount table has 4294967295") { $0.refcountClusters = .max },
    Case("a refcount table beyond the end", "refcount table lies beyond") {
      $0.refcountOffset = 1 << 32
    },
    Case("a refcount table in the header", "refcount table begins at 0") { $0.refcountOffset = 0 },
    Case("a refcount table on the L1 table", "overlap") { $0.refcountOffset = 1536 },
    Case("reference counts of 2^7 bits", "2^7 bits") { $0.refcountOrder = 7 },
    Case("reference counts of 2^4294967295 bits", "2^4294967295 bits") { $0.refcountOrder = .max },
    Case("a header without length", "0 bytes long") { $0.length = 0 },
    Case("a header that is too short", "72 bytes long") { $0.length = 72 },
    Case("a header across 8 bytes", "109 bytes long") { $0.length = 109 },
    Case("a header longer than its cluster", "520 bytes long") { $0.length = 520 },
    Case("the longest header", "4294967295 bytes long") { $0.length = .max },
    Case("an extension that leaves the header", "1000 bytes long") {
      $0.extensions = [(0x6803_F857, 1000, [])]
    },
    Case("the longest extension", "4294967295 bytes long") {
      $0.extensions = [(0x6803_F857, .max, [])]
    },
    Case("an extension twice", "twice") {
      $0.extensions = [(0x6803_F857, nil, []), (0x6803_F857, nil, [])]
    },
    Case("more extensions than anybody writes", "bytes long") {
      $0.extensions = (0..<40).map { _ in (0x6803_F857, nil, []) }
    },
    Case("bitmaps of another length", "bitmaps extension") {
      $0.extensions = [(0x2385_2875, nil, [])]
    },
    Case("a compression without its bit", "compression type 1") { $0.compression = 1 },
    Case("a bit without its compression", "compression type 0") { $0.incompatible = 8 },
    Case("an unknown compression", "compression type 2") {
      $0.incompatible = 8
      $0.compression = 2
    },
    Case("dirty", "not closed") { $0.incompatible = 1 },
    Case("corrupt", "corrupt") { $0.incompatible = 2 },
    Case("both", "corrupt") { $0.incompatible = 3 },
  ]

  @Test(arguments: broken)
  func whatCannotBeIsRefused(_ item: Case) throws {
    var sample = QcowSample()
    item.spoil(&sample)
    let problem = try #require(refusal(of: sample.bytes)).problem(of: "/a.qcow2")
    #expect(problem.code == .invalid)
    #expect(problem.message.contains(item.word), "\(problem.message)")
    #expect(!problem.hint.isEmpty)
  }

  @Test(arguments: [UInt64(8191) << 50, 1 << 63, .max - 511, .max, 3 << 40])
  func aDiskOverTheLimitIsRefused(size: UInt64) throws {
    var sample = QcowSample()
    sample.size = size
    let problem = try #require(refusal(of: sample.bytes)).problem(of: "/a.qcow2")
    #expect(problem.code == .limit)
    #expect(problem.message.contains("at most 2TiB"))
  }

  @Test func aQuotaLowersTheLimitAndCannotRaiseIt() throws {
    let sample = QcowSample()
    #expect(refusal(of: sample.bytes, limits: ImageLimits(quota: .mebibytes(1))) == nil)
    let found = refusal(of: sample.bytes, limits: ImageLimits(quota: ByteCount(bytes: 1 << 19)))
    #expect(found == .virtualSize(1 << 20, limit: ByteCount(bytes: 1 << 19)))
    #expect(ImageLimits(quota: .gibibytes(9999)).virtualSize == .gibibytes(2048))
  }

  @Test func aHeaderIsReadToItsEndOrRefused() {
    let whole = QcowSample().bytes
    for length in 4..<128 {
      let found = refusal(of: Array(whole.prefix(length)))
      #expect(found != nil, "\(length) bytes")
    }
    #expect(refusal(of: Array(whole.prefix(71))) == .truncated)
    #expect(refusal(of: Array(whole.prefix(103))) == .truncated)
  }

  /// Whatever single byte is altered, the judge ends with a verdict or a refusal, and not with the process.
  @Test func noByteOfTheHeaderIsFatal() {
    let whole = QcowSample().bytes
    for offset in 0..<160 {
      for value in [UInt8(0), 1, 0x7F, 0x80, 0xFF] {
        var bytes = whole
        bytes[offset] = value
        _ = refusal(of: bytes)
        _ = refusal(of: bytes, declared: .qcow2)
      }
    }
  }
}
