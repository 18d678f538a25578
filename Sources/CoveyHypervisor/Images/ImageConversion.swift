import Covey
import Foundation

/// Makes a new qcow2 of a private copy, in the cell where the copy lies.
struct ImageConversion: Sendable {
  /// For a look through all tables.
  static let survey: Duration = .seconds(120)
  /// For the conversion of a small disk; a larger one has a second more for each `leastPerSecond`.
  static let shortest: Duration = .seconds(300)
  static let leastPerSecond = ByteCount.mebibytes(16)
  /// What a new image may be larger than qemu-img foresees.
  static let slack = ByteCount.mebibytes(4)

  let rules: ImageRules
  let tool: ConfinedQemuImg
  let progress: @Sendable (ImageProgress) -> Void

  private let old = "source"
  private let new = "fresh"

  init(
    rules: ImageRules, tool: ConfinedQemuImg, progress: @escaping @Sendable (ImageProgress) -> Void
  ) {
    self.rules = rules
    self.tool = tool
    self.progress = progress
  }

  /// Where the copy must be.
  var source: String { tool.path(of: old) }
  /// Where the new image will be.
  var fresh: String { tool.path(of: new) }

  /// - Returns: what the copy is.
  func make() async throws -> ImageVerdict {
    let verdict = try rules.judge(at: source)
    try await compare(verdict)
    let total = try await foresee(verdict)
    // A small file may stand for a disk full of data; then there must be room for that.
    try DiskSpace.require(total, at: tool.cell, for: rules.purpose, subject: rules.subject)
    try await convert(verdict, total)
    try finish(verdict)
    return verdict
  }

  /// Refuses what qemu-img reads differently.
  private func compare(_ verdict: ImageVerdict) async throws {
    try await rules.compare(verdict, with: old, in: tool, on: nil)
  }

  private struct Measure: Decodable { let required: Int64 }

  /// What the new image will take at most.
  private func foresee(_ verdict: ImageVerdict) async throws -> ByteCount {
    let output = try await tool.run(
      ["measure", "--output=json", "-f", verdict.format.rawValue, "-O", "qcow2", old],
      to: rules.purpose, writes: ByteCount(bytes: 0), within: Self.survey)
    let measure = try? JSONDecoder().decode(Measure.self, from: Data(output.text.utf8))
    // The whole disk with its tables is the most, and what is reckoned with when there is no answer.
    let most = verdict.virtualSize.bytes + verdict.virtualSize.bytes / 1024 + Self.slack.bytes
    return ByteCount(bytes: min(measure?.required ?? most, most))
  }

  private func convert(_ verdict: ImageVerdict, _ total: ByteCount) async throws {
    try tool.makeWritable(new)
    let seconds = verdict.virtualSize.bytes / Self.leastPerSecond.bytes
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while true {
          try await Task.sleep(for: .milliseconds(200))
          let done = min(HostFiles.space(of: fresh), total)
          progress(ImageProgress(.converting, done: done, total: total))
        }
      }
      defer { group.cancelAll() }
      _ = try await tool.run(
        ["convert", "-f", verdict.format.rawValue, "-O", "qcow2", old, new], to: rules.purpose,
        writes: total + Self.slack, within: Self.shortest + .seconds(seconds))
    }
    progress(ImageProgress(.converting, done: total, total: total))
  }

  /// What qemu-img made of hostile bytes is judged like what it read.
  private func finish(_ verdict: ImageVerdict) throws(Problem) {
    try tool.reclaim(new)
    let made = try rules.judge(at: fresh, as: .qcow2)
    try rules.words { () throws(ImageRefusal) in
      guard made.virtualSize == verdict.virtualSize else {
        throw .disagreement(
          "virtual size of the new image", own: "\(verdict.virtualSize.bytes)",
          qemu: "\(made.virtualSize.bytes)")
      }
    }
  }
}
