import Covey
import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

/// Images that are broken, that lie, or that covey does not keep, each with its refusal.
@Suite(.timeLimit(.minutes(2))) struct HostileImageTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let code: Problem.Code
    let word: String
    var declared: ImageFormat?
    let make: @Sendable (ImageLab) async throws -> String
    var testDescription: String { name }

    init(
      _ name: String, _ code: Problem.Code, _ word: String, declared: ImageFormat? = nil,
      make: @escaping @Sendable (ImageLab) async throws -> String
    ) {
      self.name = name
      self.code = code
      self.word = word
      self.declared = declared
      self.make = make
    }

    /// A sound qcow2 image with one number altered.
    init<T: FixedWidthInteger & Sendable>(
      _ name: String, _ code: Problem.Code, _ word: String, at offset: Int, _ number: T
    ) {
      self.init(name, code, word) { lab in
        let image = try await lab.qcow2()
        try lab.patch(image, at: offset, number: number)
        return image
      }
    }
  }

  static let numbers: [Case] = [
    Case("version 0", .unsupported, "version 0", at: 4, UInt32(0)),
    Case("version 1", .unsupported, "qcow image of version 1", at: 4, UInt32(1)),
    Case("version 4", .unsupported, "version 4", at: 4, UInt32(4)),
    Case("the last version", .unsupported, "version 4294967295", at: 4, UInt32.max),
    Case("8191 PiB", .limit, "at most 2TiB", at: 24, UInt64(8191) << 50),
    Case("2^63 bytes", .limit, "at most 2TiB", at: 24, UInt64(1) << 63),
    Case("3 TiB", .limit, "has 3TiB", at: 24, UInt64(3) << 40),
    Case("no byte", .invalid, "no disk's size", at: 24, UInt64(0)),
    Case("odd bytes", .invalid, "no disk's size", at: 24, UInt64(1_000_001)),
    Case("a disk larger than its table", .invalid, "L1 table has 1", at: 24, UInt64(1) << 40),
    Case("clusters of 2^0", .invalid, "2^0", at: 20, UInt32(0)),
    Case("clusters of 2^8", .invalid, "2^8", at: 20, UInt32(8)),
    Case("clusters of 2^22", .invalid, "2^22", at: 20, UInt32(22)),
    Case("clusters of 2^63", .invalid, "2^63", at: 20, UInt32(63)),
    Case("an L1 table beyond the end", .invalid, "L1 table lies beyond", at: 40, UInt64(1) << 30),
    Case("a huge L1 table", .invalid, "L1 table has 4294967295", at: 36, UInt32.max),
    Case("refcounts beyond the end", .invalid, "refcount table lies", at: 48, UInt64(1) << 40),
    Case("a huge refcount table", .invalid, "refcount table has", at: 56, UInt32.max),
    Case("many snapshots", .unsupported, "4294967295 internal", at: 60, UInt32.max),
    Case("AES by its number", .unsupported, "AES", at: 32, UInt32(1)),
    Case("LUKS by its number", .unsupported, "LUKS", at: 32, UInt32(2)),
    Case("dirty", .invalid, "not closed", at: 72, UInt64(1)),
    Case("corrupt", .invalid, "corrupt", at: 72, UInt64(2)),
    Case("a data file without a name", .invalid, "another file", at: 72, UInt64(4)),
    Case("unknown features", .unsupported, "0x8000", at: 72, UInt64(0x8000)),
    Case("reference counts of 2^9 bits", .invalid, "2^9 bits", at: 96, UInt32(9)),
    Case("a header without length", .invalid, "0 bytes long", at: 100, UInt32(0)),
    Case("a header of 4 GiB", .invalid, "4294967288 bytes long", at: 100, UInt32.max - 7),
    Case("an extension of 4 GiB", .invalid, "4294967295 bytes long", at: 116, UInt32.max),
    Case("an unknown extension", .unsupported, "0x1020304", at: 112, UInt32(0x0102_0304)),
  ]

  static let states: [Case] = [
    Case("AES inside of qcow2", .unsupported, "AES") { lab in
      try await lab.qemuImg(
        "create", "-q", "--object", "secret,id=s,data=abc", "-f", "qcow2", "-o",
        "encrypt.format=aes,encrypt.key-secret=s", "a.qcow2", "1M")
      return lab.path("a.qcow2")
    },
    Case("an internal snapshot", .unsupported, "1 internal snapshot") { lab in
      let image = try await lab.qcow2()
      try await lab.qemuImg("snapshot", "-c", "one", image)
      return image
    },
    Case("LUKS itself", .unsupported, "LUKS volume") { lab in
      let magic: [UInt8] = [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE, 0, 1]
      return try lab.file("a.luks", magic + [UInt8](repeating: 0, count: 4088))
    },
    Case("a packed image", .unsupported, "packed with gzip") { lab in
      let image = try await lab.qcow2()
      try await Program.gzip.run([image], to: "cannot pack", subject: "test")
      return image + ".gz"
    },
    Case("a file with a line of text", .invalid, "formats qcow2 and vmdk") { lab in
      try lab.file("a", "hello\n".utf8)
    },
    Case("a wrong magic number", .invalid, "formats qcow2 and vmdk") { lab in
      let image = try await lab.qcow2()
      try lab.patch(image, at: 3, [0xFA])
      return image
    },
    Case("a wrong magic number, declared", .invalid, "nothing of that kind", declared: .qcow2) {
      let image = try await $0.qcow2()
      try $0.patch(image, at: 3, [0xFA])
      return image
    },
    Case("raw declared as qcow2", .invalid, "nothing of that kind", declared: .qcow2) { lab in
      try lab.file("a.raw", [UInt8](repeating: 1, count: 4096))
    },
    Case("qcow2 declared as raw", .invalid, "begins or ends as a qcow2", declared: .raw) { lab in
      try await lab.qcow2()
    },
    Case("qcow2's magic in a raw disk", .invalid, "begins or ends as a qcow2", declared: .raw) {
      let image = try $0.file("a.raw", [UInt8](repeating: 0, count: 1 << 20))
      try $0.patch(image, at: 0, [0x51, 0x46, 0x49, 0xFB, 0, 0, 0, 3])
      return image
    },
    Case("vmdk declared as raw", .invalid, "begins or ends as a vmdk", declared: .raw) { lab in
      try await lab.vmdk()
    },
    Case("vmdk declared as qcow2", .invalid, "a vmdk image", declared: .qcow2) { lab in
      try await lab.vmdk()
    },
    Case("a raw disk that nobody declared", .invalid, "formats qcow2 and vmdk") { lab in
      try lab.file("a.raw", [UInt8](repeating: 1, count: 4096))
    },
    Case("a raw disk of one byte", .invalid, "whole number of sectors", declared: .raw) { lab in
      try lab.file("a.raw", [1])
    },
    Case("one byte of qcow2", .invalid, "formats qcow2 and vmdk") { lab in
      try lab.file("a.qcow2", [0x51])
    },
    Case("a part of a split VMDK", .invalid, "type unknown") { lab in
      _ = try await lab.vmdk("twoGbMaxExtentSparse")
      return lab.path("a-s001.vmdk")
    },
    Case("a VMDK that a machine has open", .invalid, "not closed") { lab in
      let image = try await lab.vmdk()
      try lab.patch(image, at: 72, [1])
      return image
    },
    Case("a VMDK whose tables have no end", .invalid, "tables have 4294967295") { lab in
      let image = try await lab.vmdk()
      try lab.patch(image, at: 44, [0xFF, 0xFF, 0xFF, 0xFF])
      return image
    },
    Case("a stream that was cut off", .invalid, "footer") { lab in
      let raw = try lab.file("a.raw", [UInt8](repeating: 5, count: 1 << 20))
      try await lab.qemuImg(
        "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", raw, "b.vmdk")
      let image = lab.path("b.vmdk")
      // The directory is said to be at the end, and the end is gone.
      try lab.patch(image, at: 56, [UInt8](repeating: 0xFF, count: 8))
      return image
    },
  ]

  @Test(arguments: numbers + states)
  func itIsRefusedForWhatIsWrong(_ item: Case) async throws {
    let lab = try ImageLab()
    let image = try await item.make(lab)
    let problem = try await lab.refusal(of: image, declared: item.declared)
    #expect(problem.code == item.code, "\(problem)")
    #expect(problem.message.contains(item.word), "\(problem)")
    #expect(problem.subject == "image \(image)")
  }

  @Test(arguments: ["qed", "vdi", "vhdx", "vpc", "parallels"])
  func anotherFormatOfQEMUsIsRefusedWithWhatToDo(format: String) async throws {
    let lab = try ImageLab()
    try await lab.qemuImg("create", "-q", "-f", format, "a.img", "1M")
    for declared in [nil, ImageFormat.qcow2, .raw] {
      let problem = try await lab.refusal(of: lab.path("a.img"), declared: declared)
      #expect(problem.message.contains(format), "\(problem)")
      if declared == nil { #expect(problem.hint.contains("convert it first")) }
    }
  }

  @Test func aFixedVHDIsKnownByItsEnd() async throws {
    let lab = try ImageLab()
    try await lab.qemuImg("create", "-q", "-f", "vpc", "-o", "subformat=fixed", "a.img", "1M")
    let problem = try await lab.refusal(of: lab.path("a.img"), declared: .raw)
    #expect(problem.message.contains("VHD"))
  }

  @Test(arguments: [4, 20, 71, 72, 100, 103, 104, 111, 511, 65536, 131072, 196608])
  func aHeaderThatIsCutOffIsRefused(length: Int) async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    #expect(truncate(image, off_t(length)) == 0)
    let problem = try await lab.refusal(of: image)
    #expect(problem.code == .invalid)
    #expect(problem.message.contains(length < 112 ? "ends before" : "beyond"), "\(problem)")
  }

  /// Tables within tables are qemu-img's to judge; its words are passed on.
  @Test func whatOnlyQemuImgFindsIsRefusedToo() async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    try await lab.qemuIO(image, format: "qcow2", "write -P 7 0 64k")
    // The only entry of the L1 table: an L2 table that does not begin with a cluster.
    try lab.patch(image, at: 196608, number: UInt64(1) << 63 | 0x1_0200)
    let problem = try await lab.refusal(of: image)
    #expect(problem.code == .invalid)
    #expect(problem.message.contains("qemu-img"), "\(problem)")
  }

  @Test func aQuotaIsKept() async throws {
    let lab = try ImageLab()
    let limits = ImageLimits(quota: ByteCount(bytes: 1 << 19))
    let problem = try await lab.refusal(of: lab.qcow2(), limits: limits)
    #expect(problem.code == .limit)
    #expect(problem.message.contains("at most 512KiB"))
  }
}
