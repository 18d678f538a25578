/// The block that lists the branches, which the checker writes before a branch's first record.
enum CheckerBranches: Hashable, Sendable {
  case blank
  case starts([CheckerSegment.Start])
  case damaged

  static let magic: UInt64 = 0x4843_4e41_5242_5643  // "CVBRANCH"
  /// The oldest gives way when there are more.
  static let most = 254

  static func read(_ block: [UInt64]) -> CheckerBranches {
    if block == CheckerBlock.blank(CheckerBlock.slots) { return .blank }
    guard block[0] == magic, block[1] <= most,
      CheckerBlock.checksum(block) == block[CheckerBlock.words - 1]
    else { return .damaged }
    return .starts(
      (0..<Int(block[1])).map {
        .init(branch: CheckerBranch(bits: block[2 + 2 * $0]), first: block[3 + 2 * $0])
      })
  }

  var starts: [CheckerSegment.Start] {
    if case .starts(let starts) = self { starts } else { [] }
  }

  static func block(of starts: [CheckerSegment.Start]) -> [UInt64] {
    var block = [magic, UInt64(starts.count)] + starts.flatMap { [$0.branch.bits, $0.first] }
    block += [UInt64](repeating: 0, count: CheckerBlock.words - block.count)
    block[CheckerBlock.words - 1] = CheckerBlock.checksum(block)
    return block
  }
}
