/// Which branch wrote which records: all that decides what the file must hold.
struct CheckerHistory: Hashable, Sendable {
  /// Oldest first, without gaps. Only a test that does not know the beginning has a first one that begins after 1.
  let segments: [CheckerSegment]

  static let empty = CheckerHistory([])

  /// Empty segments count as none, and neighbours of one branch as one segment.
  init(_ segments: [CheckerSegment]) {
    var whole: [CheckerSegment] = []
    for segment in segments where segment.first <= segment.last {
      if let before = whole.last, before.branch == segment.branch, before.last + 1 == segment.first
      {
        whole.removeLast()
        whole.append(CheckerSegment(segment.branch, before.first, segment.last))
      } else {
        whole.append(segment)
      }
    }
    self.segments = whole
  }

  /// Branches, oldest first, with the number that each began with; the last one goes up to `last`.
  init(branches: [CheckerSegment.Start], last: UInt64) {
    let ends = branches.dropFirst().map { max($0.first, 1) - 1 } + [last]
    self.init(
      zip(branches, ends).map { CheckerSegment($0.branch, $0.first, min($1, last)) })
  }

  /// Reads the answer of `/cgi-bin/history` and `/cgi-bin/pause`.
  ///
  /// - Returns: nil when it is none.
  init?(page: String) {
    let lines = page.split(separator: "\n").map { $0.split(separator: " ") }
    guard let head = lines.first, head.count == 2, let last = UInt64(head[0]) else { return nil }
    var branches: [CheckerSegment.Start] = []
    for line in lines.dropFirst() {
      guard line.count == 2, let branch = CheckerBranch(line[0]), let first = UInt64(line[1]),
        first > branches.last?.first ?? 0
      else { return nil }
      branches.append(.init(branch: branch, first: first))
    }
    self.init(branches: branches, last: last)
  }

  /// Number of the last record; 0 when there is none.
  var last: UInt64 { segments.last?.last ?? 0 }

  var branches: [CheckerSegment.Start] {
    segments.map { .init(branch: $0.branch, first: $0.first) }
  }

  /// Where a record's successor is missing, or comes twice.
  var gap: UInt64? {
    zip(segments, segments.dropFirst()).first { $0.last + 1 != $1.first }?.0.last
  }

  /// The same without the records after one: what was known then.
  func cut(after number: UInt64) -> CheckerHistory {
    CheckerHistory(segments.map { CheckerSegment($0.branch, $0.first, min($0.last, number)) })
  }

  /// Whether it begins with all of another, and may go on.
  func continues(_ earlier: CheckerHistory) -> Bool {
    last >= earlier.last && cut(after: earlier.last) == earlier
  }

  /// The record that must have been written under a number; nil outside the history.
  func record(_ number: UInt64) -> CheckerRecord? {
    segments.first { $0.first <= number && number <= $0.last }
      .map { CheckerRecord(number: number, branch: $0.branch, first: $0.first) }
  }

  /// For every slot the last record that was written to it.
  func slots() -> [CheckerRecord?] {
    var slots = [CheckerRecord?](repeating: nil, count: CheckerBlock.slots)
    for segment in segments {
      for number in segment.first...segment.last {
        slots[CheckerRecord.slot(of: number)] = CheckerRecord(
          number: number, branch: segment.branch, first: segment.first)
      }
    }
    return slots
  }
}

/// The records `first` to `last` of one branch.
struct CheckerSegment: Hashable, Sendable, CustomStringConvertible {
  let branch: CheckerBranch
  let first: UInt64
  let last: UInt64

  init(_ branch: CheckerBranch, _ first: UInt64, _ last: UInt64) {
    self.branch = branch
    self.first = first
    self.last = last
  }

  var description: String { "\(branch) \(first) to \(last)" }

  /// Where a branch begins.
  struct Start: Hashable, Sendable, CustomStringConvertible {
    let branch: CheckerBranch
    let first: UInt64

    var description: String { "\(branch) from \(first)" }
  }
}
