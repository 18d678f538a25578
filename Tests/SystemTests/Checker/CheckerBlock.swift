/// What the checker and its reader agree on, besides the records themselves. `Template/checker.c` is the other side.
///
/// The file has a block for each slot, and one more, which lists the branches. A block is read as little-endian words.
enum CheckerBlock {
  static let bytes = 4096
  static let words = bytes / 8
  static let slots = 1024
  static let fileBytes = (slots + 1) * bytes

  /// The finisher of splitmix64: each bit of the result depends on each of the value.
  static func mix(_ value: UInt64) -> UInt64 {
    var value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }

  /// CRC32C of all words but the last, where it belongs.
  static func checksum(_ block: [UInt64]) -> UInt64 {
    let sum = block.withUnsafeBytes { bytes in
      table.withUnsafeBufferPointer { table in
        var sum = UInt32.max
        var index = 0
        // A loop over a range takes several times as long without optimisation.
        while index < Self.bytes - 8 {
          sum = sum &>> 8 ^ table[Int((sum ^ UInt32(bytes[index])) & 255)]
          index &+= 1
        }
        return sum
      }
    }
    return UInt64(~sum)
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0x82f6_3b78 : 0) }
  }

  /// What a block holds before the first boot: no two are alike, and none is zero.
  static func blank(_ slot: Int) -> [UInt64] {
    let digits = "\(slot)"
    let number = String(repeating: "0", count: 7 - digits.count) + digits
    let line = Array("covey checker: block \(number): blank\n---------------------------\n".utf8)
    let words = line.withUnsafeBytes { line in
      stride(from: 0, to: line.count, by: 8).map {
        line.loadUnaligned(fromByteOffset: $0, as: UInt64.self)
      }
    }
    return (0..<Self.words).map { words[$0 % words.count] }
  }
}
