import Covey
import Foundation
import Glibc
import Synchronization
import Testing

@testable import CoveyHypervisor

/// Good images arrive with every byte that a guest sees.
@Suite(.timeLimit(.minutes(2))) struct ImageIntakeTests {
  /// A disk of 8 MiB with data here and there, raw.
  private func disk(_ lab: ImageLab) throws -> String {
    var bytes = [UInt8](repeating: 0, count: 8 << 20)
    var number: UInt64 = 88_172_645_463_325_252
    for start in [0, 70_000, 1 << 20, 5_000_000, 8 << 20 - 4096] {
      for offset in start..<start + 4096 {
        // Marsaglia's xorshift: data that nothing packs away.
        number ^= number << 13
        number ^= number >> 7
        number ^= number << 17
        bytes[offset] = UInt8(truncatingIfNeeded: number)
      }
    }
    return try lab.file("disk.raw", bytes)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let format: ImageFormat
    let arguments: [String]
    var testDescription: String { ([format.rawValue] + arguments).joined(separator: " ") }
  }

  static let good: [Case] = [
    Case(format: .raw, arguments: []),
    Case(format: .qcow2, arguments: ["-o", "compat=0.10"]),
    Case(format: .qcow2, arguments: ["-o", "compat=1.1"]),
    Case(format: .qcow2, arguments: ["-c"]),
    Case(format: .qcow2, arguments: ["-c", "-o", "compression_type=zstd"]),
    Case(format: .qcow2, arguments: ["-o", "extended_l2=on"]),
    Case(format: .qcow2, arguments: ["-o", "cluster_size=512"]),
    Case(format: .qcow2, arguments: ["-o", "cluster_size=2M"]),
    Case(format: .qcow2, arguments: ["-o", "refcount_bits=1"]),
    Case(format: .qcow2, arguments: ["-o", "lazy_refcounts=on"]),
    Case(format: .qcow2, arguments: ["-o", "preallocation=metadata"]),
    Case(format: .qcow2, arguments: ["-o", "preallocation=full"]),
    Case(format: .vmdk, arguments: ["-o", "subformat=monolithicSparse"]),
    Case(format: .vmdk, arguments: ["-o", "subformat=streamOptimized"]),
  ]

  @Test(arguments: good)
  func aGoodImageArrivesWhole(_ item: Case) async throws {
    let lab = try ImageLab()
    let disk = try disk(lab)
    let image = lab.path("image")
    try await Program.qemuImg.run(
      ["convert", "-q", "-f", "raw", "-O", item.format.rawValue] + item.arguments + [disk, image],
      to: "cannot make the image", subject: "test")
    let digest = try await FileDigest.of(image)
    let taken = try await lab.take(image, declared: item.format)
    #expect(taken.format == item.format)
    #expect(taken.virtualSize == .mebibytes(8))
    #expect(taken.digest == digest)
    #expect(try await FileDigest.of(image) == digest)
    try await lab.qemuImg("compare", "-q", "-f", "raw", "-F", "qcow2", disk, taken.path)
    try await lab.qemuImg("check", "-q", "-f", "qcow2", taken.path)
    try await checkIsCoveys(taken, lab)
  }

  /// The new image stands alone, and nothing else is left.
  private func checkIsCoveys(_ taken: TakenImage, _ lab: ImageLab) async throws {
    let facts = try #require(HostFiles.facts(of: taken.path))
    #expect(facts.st_mode & 0o7777 == 0o600)
    #expect(facts.st_uid == geteuid())
    #expect(try HostFiles.names(in: lab.shelf) == ["taken.qcow2"])
    let words = try await lab.qemuImg("info", "-f", "qcow2", taken.path)
    #expect(!words.contains("backing"))
    #expect(!words.contains("data file"))
  }

  @Test(arguments: [ImageFormat.qcow2, .vmdk])
  func theMagicNumberDecidesWhenNothingIsDeclared(format: ImageFormat) async throws {
    let lab = try ImageLab()
    let image = format == .qcow2 ? try await lab.qcow2() : try await lab.vmdk()
    #expect(try await lab.take(image).format == format)
  }

  @Test func bitmapsAreLeftBehind() async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    try await lab.qemuImg("bitmap", "--add", image, "since-monday")
    let taken = try await lab.take(image)
    #expect(try await !lab.qemuImg("info", taken.path).contains("since-monday"))
  }

  @Test func holesStayHoles() async throws {
    let lab = try ImageLab()
    let image = try lab.file("a.raw", [1])
    #expect(truncate(image, 1 << 30) == 0)
    let taken = try await lab.take(image, declared: .raw)
    #expect(taken.virtualSize == .gibibytes(1))
    #expect(HostFiles.space(of: taken.path) < .mebibytes(4))
  }

  @Test func progressIsToldInBytes() async throws {
    let lab = try ImageLab()
    let disk = try disk(lab)
    let seen = Mutex<[ImageProgress]>([])
    _ = try await lab.take(disk, declared: .raw) { progress in seen.withLock { $0.append(progress) }
    }
    let all = seen.withLock { $0 }
    let copying = all.filter { $0.stage == .copying }
    #expect(copying.map(\.done) == (1...8).map { .mebibytes($0) })
    #expect(copying.allSatisfy { $0.total == .mebibytes(8) })
    let last = try #require(all.last)
    #expect(last.stage == .converting)
    #expect(last.done == last.total)
  }

  @Test func whatIsThereIsNotOverwritten() async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    let taken = try await lab.take(image)
    let before = try await FileDigest.of(taken.path)
    let found = await problem { _ = try await lab.take(image) }
    #expect(found?.code == .exists)
    #expect(try await FileDigest.of(taken.path) == before)
    #expect(try HostFiles.names(in: lab.shelf) == ["taken.qcow2"])
  }

  @Test(.enabled(if: geteuid() == 0, "only root runs programs under other accounts"))
  func aMissingAccountIsNamed() async throws {
    let lab = try ImageLab()
    let image = try await lab.qcow2()
    for name in ["covey-no-such-account", "root"] {
      let found = await problem {
        _ = try await ImageIntake(account: name).take(image, to: "\(lab.shelf)/taken.qcow2")
      }
      #expect(found?.code == .unavailable)
      #expect(found?.message.contains(name) == true)
    }
    #expect(try HostFiles.names(in: lab.shelf).isEmpty)
  }

  @Test(arguments: [1, 4, 8])
  func aCancelledIntakeLeavesNothing(afterChunks chunks: Int64) async throws {
    let lab = try ImageLab()
    let disk = try disk(lab)
    let problem = try await lab.refusal(of: disk, declared: .raw) { progress in
      if progress.done == .mebibytes(chunks) { withUnsafeCurrentTask { $0?.cancel() } }
    }
    #expect(problem.code == .cancelled)
  }

  @Test func aConversionThatIsCancelledLeavesNothing() async throws {
    let lab = try ImageLab()
    // A small file that stands for much data, so that its conversion takes its time.
    let image = lab.path("a.qcow2")
    try await lab.qemuImg("create", "-q", "-f", "qcow2", "b.qcow2", "512M")
    try await lab.qemuIO(lab.path("b.qcow2"), format: "qcow2", "write -P 97 0 512M")
    try await lab.qemuImg("convert", "-c", "-f", "qcow2", "-O", "qcow2", "b.qcow2", image)
    let (stages, report) = AsyncStream.makeStream(of: ImageProgress.Stage.self)
    try await withThrowingTaskGroup(of: Problem.self) { group in
      group.addTask {
        defer { report.finish() }
        return try await lab.refusal(of: image) { report.yield($0.stage) }
      }
      for await stage in stages where stage == .converting { break }
      group.cancelAll()
      let problem = try await group.next()
      #expect(problem?.code == .cancelled)
    }
  }
}
