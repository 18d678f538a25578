import Covey
import Foundation
import Glibc
import Testing

@testable import CoveyHypervisor

/// Headers altered at random, with names of another file lying where a few bytes would make them count.
///
/// What covey's judge lets pass, QEMU gets to see; and then QEMU must not open that file, or covey's judge is blind.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AlteredImageTests {
  private static let rounds = 300

  /// Marsaglia's xorshift, so that every run is the same.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  private func image(_ format: ImageFormat, _ lab: ImageLab) async throws -> String {
    if format == .vmdk {
      let image = try await lab.vmdk()
      let text = """
        # Disk DescriptorFile
        CID=12345678
        parentCID=ffffffff
        parentFileNameXint="\(lab.secret)"
        createType="monolithicSparse"
        RW 2048 SPARSE "a.vmdk"
        XW 2048 FLAT "\(lab.secret)" 0
        """
      try lab.patch(image, at: 512, Array(text.utf8) + [0])
      return image
    }
    let image = try await lab.qcow2()
    try lab.extend(image, 0x6803_F857, lab.secret.utf8)
    try lab.patch(image, at: 1024, Array(lab.secret.utf8))
    return image
  }

  /// Alters a few of these bytes: single bits, odd values, and what would make the planted names count.
  private func alter(_ bytes: inout [UInt8], _ format: ImageFormat, _ numbers: inout Numbers) {
    let places = format == .vmdk ? 4..<2048 : 4..<240
    for _ in 0..<Int.random(in: 1...4, using: &numbers) {
      let place = Int.random(in: places, using: &numbers)
      switch UInt8.random(in: 0..<6, using: &numbers) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
      case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &numbers) ?? 0
      case 2: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
      case 3 where format == .qcow2:
        bytes.replaceSubrange(112..<116, with: [0x44, 0x41, 0x54, 0x41])
      case 4 where format == .qcow2: bytes.replaceSubrange(14..<20, with: [4, 0, 0, 0, 0, 20])
      case 3: replace("NameXint", "NameHint", in: &bytes)
      case 4:
        bytes.replaceSubrange(12..<20, with: [UInt8](repeating: 0, count: 8))
        replace("monolithicSparse\"", "monolithicFlat\"  ", in: &bytes)
        replace("\nXW", "\nRW", in: &bytes)
      default: bytes[79] = bytes[79] &+ UInt8.random(in: 0..<8, using: &numbers)
      }
    }
  }

  private func replace(_ old: String, _ new: String, in bytes: inout [UInt8]) {
    guard let range = bytes.firstRange(of: Array(old.utf8)) else { return }
    bytes.replaceSubrange(range, with: Array(new.utf8))
  }

  @Test(arguments: [ImageFormat.qcow2, .vmdk])
  func whatTheJudgeLetsPassPointsNowhere(format: ImageFormat) async throws {
    let lab = try ImageLab()
    let path = try await image(format, lab)
    let whole = try [UInt8](Data(contentsOf: URL(filePath: path)))
    let rules = ImageRules(path: path, declared: format, limits: .init())
    let watch = try OpeningWatch(lab.secret)
    var numbers = Numbers(state: 0x1234_5678_9ABC_DEF1)
    var passed = 0
    for round in 0..<Self.rounds {
      var bytes = whole
      alter(&bytes, format, &numbers)
      try HostFiles.write(bytes, to: path, mode: 0o600, waits: false)
      guard (try? rules.judge(at: path)) != nil else { continue }
      passed += 1
      _ = try? await lab.qemuImg("info", "-f", format.rawValue, path)
      _ = try? await lab.qemuImg("convert", "-f", format.rawValue, "-O", "qcow2", path, "out")
      #expect(!watch.wasOpened, "round \(round)")
    }
    // Neither all nor none, or the test would show nothing.
    #expect((Self.rounds / 20..<Self.rounds).contains(passed), "\(passed)")
  }
}
