/// One run of the checker on one machine, by the random number that it chose.
struct CheckerBranch: Hashable, Sendable, CustomStringConvertible {
  let bits: UInt64

  init(bits: UInt64) { self.bits = bits }

  /// Reads 16 hexadecimal digits.
  init?(_ text: Substring) {
    guard text.count == 16, let bits = UInt64(text, radix: 16) else { return nil }
    self.bits = bits
  }

  var description: String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A record that the checker wrote. All of its block follows from these three.
struct CheckerRecord: Hashable, Sendable, CustomStringConvertible {
  let number: UInt64
  let branch: CheckerBranch
  /// Number of the branch's first record; the one before it is the state that the branch began with.
  let first: UInt64

  static let magic: UInt64 = 0x4452_4f43_4552_5643  // "CVRECORD"
  private static let headWords = 4

  var description: String { "record \(number) of branch \(branch)" }

  /// Where it belongs.
  var slot: Int { Self.slot(of: number) }

  static func slot(of number: UInt64) -> Int {
    Int(CheckerBlock.mix(number) % UInt64(CheckerBlock.slots))
  }

  var block: [UInt64] {
    var block = [Self.magic, number, branch.bits, first]
    block.reserveCapacity(CheckerBlock.words)
    var state = number ^ CheckerBlock.mix(branch.bits)
    while block.count < CheckerBlock.words - 1 {
      state &+= 0x9e37_79b9_7f4a_7c15
      block.append(CheckerBlock.mix(state))
    }
    block.append(0)
    block[CheckerBlock.words - 1] = CheckerBlock.checksum(block)
    return block
  }

  /// What a block holds that is no longer blank, or in which way it is damaged.
  static func read(_ block: [UInt64]) -> Result<CheckerRecord, CheckerDamage> {
    guard block[0] == magic else { return .failure(.neither) }
    let record = CheckerRecord(
      number: block[1], branch: CheckerBranch(bits: block[2]), first: block[3])
    let whole = record.block
    if block == whole { return .success(record) }
    guard CheckerBlock.checksum(block) == block[CheckerBlock.words - 1] else {
      let other = block.indices.first { block[$0] != whole[$0] } ?? 0
      return .failure(.checksum(record, byte: other * 8))
    }
    return .failure(.payload(record))
  }
}

/// Why a block holds nothing that was ever written.
enum CheckerDamage: Error, Hashable, Sendable, CustomStringConvertible {
  /// It is neither blank nor begins like a record.
  case neither
  /// The words from this byte on are not what belongs to the record that the block says it is.
  case checksum(CheckerRecord, byte: Int)
  /// The checksum is right, but not the payload: the reader and the checker do not agree.
  case payload(CheckerRecord)

  var description: String {
    switch self {
    case .neither: "it is neither blank nor a record"
    case .checksum(let record, let byte): "it says \(record), but differs from byte \(byte) on"
    case .payload(let record): "it says \(record), but has another payload with a right checksum"
    }
  }
}
