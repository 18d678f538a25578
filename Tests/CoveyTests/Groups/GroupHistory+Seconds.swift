import Covey
import Support

/// Histories in which nothing is left to chance, second by second.
extension GroupHistory {
  /// A group that serves in full.
  static func serving(
    _ size: Int, min: Int = 1, max: Int? = nil, disk: DiskMode = .ephemeral
  ) -> GroupHistory {
    var history = GroupHistory(seed: 1) { _ in
      Samples.group(min: min, max: max ?? size, disk: disk, desired: size)
    }
    history.isRough = false
    history.pass(3)
    return history
  }

  /// The group's record; one that is not there does not count.
  var web: Group { record ?? Samples.group() }

  var versions: [String] { members.map(\.templateDigest) }

  func member(_ number: Int) -> Guest? { inventory.guests[name(number)] }

  func name(_ number: Int) -> Name { Samples.name("web-\(number)") }

  /// Each second is looked at the members, and what is asked for is done at once, or fails at once: launches of bad
  /// versions, and those for which there is no room.
  mutating func pass(
    _ seconds: Int, room: Int = .max, each happens: (inout GroupHistory) -> Void = { _ in }
  ) {
    for _ in 0..<seconds {
      now = now + .seconds(1)
      happens(&self)
      request(.judge(signs))
      reconcile()
      for operation in running {
        if let problem = problem(of: operation, room: room) {
          note(.operationFailed(operation.id, problem, undone: operation.undoesOnFailure))
        } else {
          note(.operationDone(operation.id))
        }
      }
      signs.downSince = signs.downSince.filter { inventory.guests[$0.key]?.state == .serving }
    }
  }

  /// The checks of all members that serve find them down, or of those of one version.
  mutating func goDown(_ version: String? = nil) {
    for member in members
    where member.state == .serving && (version ?? member.templateDigest) == member.templateDigest {
      signs.downSince[member.name] = signs.downSince[member.name] ?? now
    }
  }

  /// Members that have served for so long are lost.
  mutating func lose(after span: Duration, _ isMeant: (Guest) -> Bool = { _ in true }) {
    for member in members where member.state == .serving && isMeant(member) {
      guard let since = member.servingAt, now - since >= span else { continue }
      note(.guestFound(member.name, .stopped, reason: "its machine ended by itself"))
    }
  }

  private func problem(of operation: Covey.Operation, room: Int) -> Problem? {
    guard operation.ending.isRise else { return nil }
    let version = inventory.guests[operation.guest]?.templateDigest ?? ""
    if badVersions.contains(version) { return Problem(.deadline, "no answer") }
    let isFull = operation.verb == "launch" && members.count > room
    return isFull ? Problem(.noSpace, "no address is free") : nil
  }
}
