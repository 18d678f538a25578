/// Something in the file that is not as the history says.
enum CheckerDifference: Hashable, Sendable, CustomStringConvertible {
  case damaged(slot: Int, CheckerDamage)
  /// A whole record in a slot that is not its own.
  case misplaced(slot: Int, CheckerRecord)
  /// A record was acknowledged, and what was there before it is there still.
  case lost(slot: Int, CheckerRecord, found: CheckerRecord?)
  /// A record that was written only later, or that another guest wrote.
  case future(slot: Int, CheckerRecord)
  /// A record whose number is another branch's in this history.
  case foreign(slot: Int, CheckerRecord)
  case branches(String)
  /// What the test compares with cannot be.
  case history(String)

  var description: String {
    switch self {
    case .damaged(let slot, let damage): "slot \(slot) is damaged: \(damage)"
    case .misplaced(let slot, let record):
      "slot \(slot) holds \(record), which belongs into slot \(record.slot)"
    case .lost(let slot, let record, let found):
      "slot \(slot) lost \(record); it holds \(found?.description ?? "nothing")"
    case .future(let slot, let record): "slot \(slot) holds \(record), which is too new"
    case .foreign(let slot, let record):
      "slot \(slot) holds \(record), which is not of this history"
    case .branches(let what), .history(let what): what
    }
  }
}

extension CheckerState {
  /// Whether the file is exactly as it was after the history's last record.
  func matches(_ history: CheckerHistory) -> Bool { differences(from: history).isEmpty }

  /// All that is not exactly as it was after the history's last record.
  ///
  /// The one record after it may be there, whole: it was being written and had not been acknowledged. With it, or before
  /// it, a new branch may have begun.
  func differences(from history: CheckerHistory) -> [CheckerDifference] {
    if let last = history.gap { return [.history("the history has a gap after record \(last)")] }
    let expected = history.slots()
    var found = slots.indices.compactMap { slot in
      difference(in: slot, expected: expected[slot], history)
    }
    if let wrong = branchesDifference(from: history) { found.append(.branches(wrong)) }
    return found
  }

  /// All that is wrong with a file whose guest went on writing after the history was acknowledged.
  ///
  /// It must begin with that history, go on as its own list of branches says, and be exactly as after its newest record.
  func differences(since acknowledged: CheckerHistory) -> [CheckerDifference] {
    let own = history
    guard own.continues(acknowledged) else {
      let (wanted, found) = (acknowledged.segments.suffix(2), own.segments.suffix(2))
      return [.history("acknowledged was up to \(wanted), but the file ends with \(found)")]
        + differences(from: acknowledged)
    }
    return differences(from: own)
  }

  private func difference(
    in slot: Int, expected: CheckerRecord?, _ history: CheckerHistory
  ) -> CheckerDifference? {
    switch slots[slot] {
    case .damaged(let damage): return .damaged(slot: slot, damage)
    case .blank: return expected.map { .lost(slot: slot, $0, found: nil) }
    case .record(let record):
      if record == expected { return nil }
      if record.slot != slot { return .misplaced(slot: slot, record) }
      if record.number > history.last {
        return mayFollow(record, history) ? nil : .future(slot: slot, record)
      }
      let isOlder = record.number < history.segments.first?.first ?? 1
      guard isOlder || record == history.record(record.number) else {
        return .foreign(slot: slot, record)
      }
      // Nobody knows which of the records before the history a slot must hold that has none of it.
      return expected.map { .lost(slot: slot, $0, found: record) }
    }
  }

  private func mayFollow(_ record: CheckerRecord, _ history: CheckerHistory) -> Bool {
    guard record.number == history.last + 1 else { return false }
    if let last = history.segments.last, record.branch == last.branch {
      return record.first == last.first
    }
    let isKnown = history.segments.contains { $0.branch == record.branch }
    return record.first == record.number && !isKnown
  }

  private func branchesDifference(from history: CheckerHistory) -> String? {
    if branches == .damaged { return "the list of branches is damaged" }
    var listed = branches.starts
    let next = history.last + 1
    let following = slots[CheckerRecord.slot(of: next)].record
    if let following, following.number == next, following.branch != listed.last?.branch {
      return "the list of branches ends with \(listed.last?.branch.description ?? "nothing"), "
        + "but there is \(following)"
    }
    // It is listed before it writes its first record.
    if listed.last?.first == next { listed.removeLast() }
    let known = history.branches
    // A list that was full has dropped the oldest, and a test need not know them.
    let isCut = listed.count >= CheckerBranches.most - 1 || known.first?.first ?? 1 > 1
    let common = isCut ? min(listed.count, known.count) : max(listed.count, known.count)
    guard listed.suffix(common).elementsEqual(known.suffix(common)) else {
      return "the list of branches is \(listed), but they were \(known)"
    }
    return nil
  }
}
