import Covey
import Glibc
import Testing

@testable import CoveyHypervisor

/// What qemu-img may spend, and where it has no room.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ConfinedQemuImgTests {
  private func cell(_ lab: ImageLab) async throws -> ConfinedQemuImg {
    let tool = try ConfinedQemuImg(in: lab.shelf, account: "nobody", subject: "test")
    let bytes = (0..<4 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3 | 1) }
    try HostFiles.write(bytes, to: tool.path(of: "source"), mode: tool.readable)
    return tool
  }

  @Test func aLookWritesNothing() async throws {
    let lab = try ImageLab()
    let tool = try await cell(lab)
    try tool.makeWritable("fresh")
    _ = try await tool.run(
      ["info", "-f", "raw", "source"], to: "cannot look", writes: ByteCount(bytes: 0),
      within: .seconds(20))
    let found = await problem {
      _ = try await tool.run(
        ["convert", "-f", "raw", "-O", "raw", "source", "fresh"], to: "cannot look",
        writes: ByteCount(bytes: 0), within: .seconds(20))
    }
    #expect(found?.code == .invalid)
    #expect(HostFiles.space(of: tool.path(of: "fresh")) == ByteCount(bytes: 0))
  }

  @Test func noFileGrowsOverItsLimit() async throws {
    let lab = try ImageLab()
    let tool = try await cell(lab)
    try tool.makeWritable("fresh")
    let found = await problem {
      _ = try await tool.run(
        ["convert", "-f", "raw", "-O", "qcow2", "source", "fresh"], to: "cannot convert",
        writes: .mebibytes(1), within: .seconds(20))
    }
    #expect(found != nil)
    #expect(HostFiles.space(of: tool.path(of: "fresh")) <= .mebibytes(1))
  }

  @Test(.enabled(if: geteuid() == 0)) func noNameIsAddedAndNoOtherFileIsWritten() async throws {
    let lab = try ImageLab()
    let tool = try await cell(lab)
    for target in ["new", "source", lab.path("secret"), "/tmp/covey-escaped"] {
      let found = await problem {
        _ = try await tool.run(
          ["convert", "-f", "raw", "-O", "raw", "source", target], to: "cannot convert",
          writes: .mebibytes(64), within: .seconds(20))
      }
      // A folder that everybody may write to is the one place left.
      if target.hasPrefix("/tmp") { unlink(target) } else { #expect(found != nil, "\(target)") }
    }
    #expect(try HostFiles.names(in: tool.cell) == ["source"])
  }

  /// Runs a test in a small file system of its own, where the tests may mount one.
  private func withSmallDisk(_ mebibytes: Int, _ test: (String) async throws -> Void) async throws {
    let place = try TestPlace.folder("small")
    guard mount("tmpfs", place, "tmpfs", 0, "size=\(mebibytes)m") == 0 else {
      throw HostFiles.problem("cannot mount", place)
    }
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await test(place)) } catch { outcome = .failure(error) }
    #expect(umount2(place, Int32(MNT_DETACH)) == 0)
    try outcome.get()
  }

  @Test(.enabled(if: geteuid() == 0), arguments: [2, 6])
  func aFullDiskIsToldBeforeItIsFull(mebibytes: Int) async throws {
    let lab = try ImageLab()
    let raw = try lab.file("a.raw", [UInt8](repeating: 0x61, count: 5 << 20))
    try await withSmallDisk(mebibytes) { place in
      let found = await problem {
        _ = try await ImageIntake().take(raw, to: "\(place)/taken.qcow2", declared: .raw)
      }
      #expect(found?.code == .noSpace)
      #expect(found?.message.contains("the file system at \(place) has") == true)
      let left = try HostFiles.names(in: place)
      #expect(left.isEmpty)
    }
  }

  /// A small file that stands for a disk full of data is told by what it would become.
  @Test(.enabled(if: geteuid() == 0)) func aBombIsRefusedForWhatItWouldBecome() async throws {
    let lab = try ImageLab()
    try await lab.qemuImg("create", "-q", "-f", "qcow2", "b.qcow2", "64M")
    try await lab.qemuIO(lab.path("b.qcow2"), format: "qcow2", "write -P 97 0 64M")
    let bomb = lab.path("a.qcow2")
    try await lab.qemuImg("convert", "-c", "-f", "qcow2", "-O", "qcow2", "b.qcow2", bomb)
    #expect(HostFiles.space(of: bomb) < .mebibytes(4))
    try await withSmallDisk(16) { place in
      let found = await problem {
        _ = try await ImageIntake().take(bomb, to: "\(place)/taken.qcow2")
      }
      #expect(found?.code == .noSpace)
      let left = try HostFiles.names(in: place)
      #expect(left.isEmpty)
    }
  }
}
