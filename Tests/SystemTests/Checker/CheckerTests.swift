import Foundation
import Testing

/// The reader of checker disks, without a guest.
@Suite struct CheckerTests {
  private let first = CheckerBranch(bits: 0xa11c_e000_0000_0001)
  private let second = CheckerBranch(bits: 0xb0b0_0000_0000_0002)

  /// Two runs: records are overwritten by their own branch and by the next.
  private var history: CheckerHistory {
    CheckerHistory([CheckerSegment(first, 1, 1500), CheckerSegment(second, 1501, 1700)])
  }

  @Test func aBlankFileHasNoHistory() throws {
    let state = try CheckerState(CheckerTemplate.blank)
    #expect(state.highest == 0)
    #expect(state.history == .empty)
    #expect(state.matches(.empty))
    #expect(state.slots.allSatisfy { $0 == .blank })
  }

  @Test func aFileOfAnotherLengthIsRefused() {
    #expect(throws: Unexpected.self) { try CheckerState(CheckerTemplate.blank.dropLast()) }
  }

  /// The numbers were computed by a third program.
  @Test func recordsAreWhatTheCheckerWrites() {
    #expect(CheckerBlock.mix(1) == 0x5692_161d_100b_05e5)
    let record = CheckerRecord(number: 7, branch: first, first: 3)
    #expect(record.block.count == CheckerBlock.words)
    #expect(record.block.last == 0x7f1f_9f97)
    #expect(record.slot == 788)
  }

  @Test func theStateAfterTheLastRecordMatches() throws {
    let file = CheckerFile(history)
    let state = try file.state
    #expect(state.highest == 1700)
    #expect(state.history == history)
    #expect(state.differences(from: history) == [])
    #expect(state.differences(since: history) == [])
    #expect(state.differences(since: history.cut(after: 1600)) == [])
    #expect(state.differences(since: history.cut(after: 200)) == [])
    #expect(state.differences(since: .empty) == [])
  }

  @Test func anEarlierOrLaterStateDoesNotMatch() throws {
    let state = try CheckerFile(history).state
    #expect(!state.matches(history.cut(after: 1698)))
    #expect(state.differences(from: history.cut(after: 1698)).contains { $0.isFuture })
    let later = CheckerHistory(history.segments + [CheckerSegment(second, 1701, 1702)])
    #expect(state.differences(from: later).contains { $0.isLost })
    #expect(!state.differences(since: later).isEmpty)
  }

  @Test func oneWholeRecordMayHaveBeenUnderWay() throws {
    var file = CheckerFile(history)
    file.write(1701, second, from: 1501)
    #expect(try file.state.matches(history))
    #expect(try file.state.differences(since: history) == [])
    file.write(1702, second, from: 1501)
    #expect(try file.state.differences(from: history).allSatisfy { $0.isFuture })
    #expect(try !file.state.matches(history))
  }

  @Test func aNewBranchMayHaveBegun() throws {
    let third = CheckerBranch(bits: 0xcafe)
    var file = CheckerFile(history)
    file.list(history.branches + [.init(branch: third, first: 1701)])
    #expect(try file.state.matches(history))
    #expect(try file.state.history == history)
    file.write(1701, third, from: 1701)
    #expect(try file.state.matches(history))
    #expect(try file.state.history.branches.count == 3)
    // A record of a branch that is not in the list can only come from elsewhere.
    file.list(history.branches)
    #expect(try !file.state.matches(history))
  }

  @Test(arguments: [0, 9, 17, 25, 40, 2000, 4087, 4088, 4095])
  func aFlippedByteIsFound(byte: Int) throws {
    var file = CheckerFile(history)
    let slot = CheckerRecord.slot(of: 1700)
    file.flip(slot: slot, byte: byte)
    let found = try file.state.differences(from: history)
    #expect(found.count == 1)
    guard case .damaged(slot, _) = found.first else {
      Issue.record("\(found)")
      return
    }
    #expect(try !file.state.differences(since: history).isEmpty)
  }

  @Test func aFlippedByteIsFoundWhereNothingWasWritten() throws {
    let young = history.cut(after: 100)
    var file = CheckerFile(young)
    let slot = try #require(try file.state.slots.firstIndex(of: .blank))
    file.flip(slot: slot, byte: 1234)
    #expect(try file.state.differences(from: young) == [.damaged(slot: slot, .neither)])
  }

  @Test(arguments: [1700, 1699, 1200] as [UInt64]) func aLostRecordIsFound(number: UInt64) throws {
    // One that nothing overwrote since.
    let number = try #require(
      (1...number).reversed().first { history.slots()[CheckerRecord.slot(of: $0)]?.number == $0 })
    var file = CheckerFile(history)
    let slot = CheckerRecord.slot(of: number)
    let before = history.cut(after: number - 1).slots()[slot]
    file.put(before?.block ?? CheckerBlock.blank(slot), at: slot)
    let record = try #require(history.record(number))
    let found = try file.state.differences(from: history)
    #expect(found == [.lost(slot: slot, record, found: before)])
    #expect(try !file.state.differences(since: history).isEmpty)
  }

  @Test func aRecordFromTheFutureIsFound() throws {
    var file = CheckerFile(history)
    file.write(1790, second, from: 1501)
    let found = try file.state.differences(from: history)
    #expect(found.map(\.isFuture) == [true])
    #expect(try file.state.differences(since: history) == found)
  }

  @Test func aRecordOfAFutureThatWasGivenUpIsFound() throws {
    // The first branch once went on after 1500, before the disk was restored to there.
    var file = CheckerFile(history)
    file.write(1600, first, from: 1)
    let record = CheckerRecord(number: 1600, branch: first, first: 1)
    let expected = CheckerDifference.foreign(slot: record.slot, record)
    #expect(try file.state.differences(from: history) == [expected])
    #expect(try file.state.differences(since: history) == [expected])
  }

  @Test func swappedSlotsAreFound() throws {
    var file = CheckerFile(history)
    let (one, other) = (CheckerRecord.slot(of: 1700), CheckerRecord.slot(of: 1699))
    file.swap(one, other)
    let found = try file.state.differences(from: history)
    #expect(found.count == 2)
    #expect(found.allSatisfy { if case .misplaced = $0 { true } else { false } })
    // Blank slots are not alike either.
    var blank = CheckerFile(.empty)
    blank.swap(3, 4)
    #expect(try blank.state.differences(from: .empty).count == 2)
  }

  @Test func theListOfBranchesIsHeldAgainstTheHistory() throws {
    var file = CheckerFile(history)
    file.list(Array(history.branches.dropLast()))
    #expect(try !file.state.matches(history))
    file = CheckerFile(history)
    file.flip(slot: CheckerBlock.slots, byte: 20)
    #expect(
      try file.state.differences(from: history) == [.branches("the list of branches is damaged")])
  }

  @Test func aFullListOfBranchesDropsTheOldest() throws {
    let long = CheckerHistory((1...300).map { CheckerSegment(CheckerBranch(bits: $0), $0, $0) })
    var file = CheckerFile(.empty)
    for record in long.slots().compactMap(\.self) { file.put(record.block, at: record.slot) }
    file.list(long.branches.suffix(CheckerBranches.most))
    #expect(try file.state.differences(from: long) == [])
    #expect(try file.state.differences(since: file.state.history) == [])
    file.list(long.branches.suffix(CheckerBranches.most - 2))
    #expect(try !file.state.matches(long))
  }

  @Test func aHistoryWithAGapIsRefused() throws {
    let wrong = CheckerHistory([CheckerSegment(first, 1, 10), CheckerSegment(second, 12, 13)])
    let found = try CheckerFile(history).state.differences(from: wrong)
    #expect(found == [.history("the history has a gap after record 10")])
  }

  @Test func aHistoryMayBeginLate() throws {
    let late = CheckerHistory([CheckerSegment(second, 1501, 1700)])
    #expect(try CheckerFile(history).state.differences(from: late) == [])
    var file = CheckerFile(history)
    file.write(1600, first, from: 1)
    #expect(try !file.state.matches(late))
  }

  @Test func historiesAreReadFromPages() throws {
    let page = "1700 b0b0000000000002\na11ce00000000001 1\nb0b0000000000002 1501\n"
    #expect(CheckerHistory(page: page) == history)
    // A branch that has written nothing leaves no segment.
    let young = "0 a11ce00000000001\na11ce00000000001 1\n"
    #expect(CheckerHistory(page: young) == .empty)
    for wrong in ["", "goes\n", "7 x\nx 1\n", "7 a11ce00000000001\na11ce00000000001 0\n"] {
      #expect(CheckerHistory(page: wrong) == nil)
    }
  }

  @Test func aHistoryContinuesWhatItBeginsWith() {
    #expect(history.continues(history))
    #expect(history.continues(.empty))
    #expect(history.continues(history.cut(after: 1501)))
    #expect(history.continues(history.cut(after: 900)))
    #expect(!history.cut(after: 900).continues(history))
    let other = CheckerHistory([CheckerSegment(first, 1, 1501)])
    #expect(!history.continues(other))
    let parts = CheckerHistory([CheckerSegment(first, 1, 60), CheckerSegment(first, 61, 1500)])
    #expect(parts == history.cut(after: 1500))
  }
}

extension CheckerDifference {
  fileprivate var isFuture: Bool { if case .future = self { true } else { false } }
  fileprivate var isLost: Bool { if case .lost = self { true } else { false } }
}

/// A file as the checker would leave it, to be spoiled.
private struct CheckerFile {
  private var file = CheckerTemplate.blank

  init(_ history: CheckerHistory) {
    for (slot, record) in history.slots().enumerated() {
      if let record { put(record.block, at: slot) }
    }
    if history != .empty { list(history.branches) }
  }

  var state: CheckerState { get throws { try CheckerState(file) } }

  mutating func put(_ block: [UInt64], at slot: Int) {
    block.withUnsafeBytes { file.replaceSubrange(range(slot), with: $0) }
  }

  mutating func write(_ number: UInt64, _ branch: CheckerBranch, from first: UInt64) {
    let record = CheckerRecord(number: number, branch: branch, first: first)
    put(record.block, at: record.slot)
  }

  mutating func list(_ starts: [CheckerSegment.Start]) {
    put(CheckerBranches.block(of: starts), at: CheckerBlock.slots)
  }

  mutating func flip(slot: Int, byte: Int) { file[slot * CheckerBlock.bytes + byte] ^= 0x40 }

  mutating func swap(_ one: Int, _ other: Int) {
    let kept = file[range(one)]
    file.replaceSubrange(range(one), with: file[range(other)])
    file.replaceSubrange(range(other), with: kept)
  }

  private func range(_ slot: Int) -> Range<Int> {
    slot * CheckerBlock.bytes..<(slot + 1) * CheckerBlock.bytes
  }
}
