import Foundation

/// What stood in the checker's file at one moment.
struct CheckerState: Hashable, Sendable {
  /// What one slot holds.
  enum Content: Hashable, Sendable {
    case blank
    case record(CheckerRecord)
    case damaged(CheckerDamage)

    var record: CheckerRecord? { if case .record(let record) = self { record } else { nil } }
  }

  let slots: [Content]
  let branches: CheckerBranches

  /// - Throws: when it is not as long as the file is.
  init(_ file: Data) throws {
    guard file.count == CheckerBlock.fileBytes else {
      throw Unexpected("the records have \(file.count) bytes, not \(CheckerBlock.fileBytes)")
    }
    let blocks = file.withUnsafeBytes { bytes in
      (0...CheckerBlock.slots).map { slot in
        let part = bytes[slot * CheckerBlock.bytes..<(slot + 1) * CheckerBlock.bytes]
        return [UInt64](unsafeUninitializedCapacity: CheckerBlock.words) { block, count in
          UnsafeMutableRawBufferPointer(block).copyBytes(from: part)
          count = CheckerBlock.words
        }
      }
    }
    slots = (0..<CheckerBlock.slots).map { Self.content(of: blocks[$0], slot: $0) }
    branches = CheckerBranches.read(blocks[CheckerBlock.slots])
  }

  private static func content(of block: [UInt64], slot: Int) -> Content {
    if block[0] != CheckerRecord.magic, block == CheckerBlock.blank(slot) { return .blank }
    return switch CheckerRecord.read(block) {
    case .success(let record): .record(record)
    case .failure(let damage): .damaged(damage)
    }
  }

  /// The whole record with the highest number, but for ones whose predecessor was never written: those are strays, and
  /// counting from one of them would make everything look lost.
  var newest: CheckerRecord? {
    slots.compactMap(\.record).filter { record in
      let before = slots[CheckerRecord.slot(of: record.number &- 1)].record?.number ?? 0
      return before >= record.number &- 1 || record.number <= 1
    }
    .max { $0.number < $1.number }
  }

  /// Its number; 0 when nothing was written.
  var highest: UInt64 { newest?.number ?? 0 }

  /// What the file says of itself: the branches that it lists, up to its newest record.
  var history: CheckerHistory { CheckerHistory(branches: branches.starts, last: highest) }
}
