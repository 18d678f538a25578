import Covey

/// Tells what a member was passed at its group's door from what others had before it by the same name.
///
/// The activator counts by name since the daemon began, and a name's next guest has the name alone in common with the one
/// before; so does a machine that was started anew.
struct WokenCounts {
  private struct Life: Equatable {
    let uuid: String
    let startedAt: Timestamp?
  }

  private struct Entry {
    var life: Life?
    /// What was counted before this life began.
    var before = 0
    var latest = 0
  }

  private var entries: [Name: Entry] = [:]

  /// Takes in one look at a group.
  ///
  /// - `served`: connections that got an answer, by member.
  /// - Returns: of these, what each member had since its machine started.
  mutating func note(_ served: [Name: Int], of members: [Guest]) -> [Name: Int] {
    let lives = Dictionary(
      members.map { ($0.name, Life(uuid: $0.uuid, startedAt: $0.startedAt)) },
      uniquingKeysWith: { one, _ in one })
    for name in Set(served.keys).union(lives.keys) {
      var entry = entries[name] ?? Entry()
      let count = served[name] ?? 0
      // A door that was made anew counts from the beginning.
      if count < entry.latest { (entry.before, entry.latest) = (0, 0) }
      if entry.life != lives[name] { (entry.life, entry.before) = (lives[name], entry.latest) }
      entry.latest = count
      entries[name] = entry
    }
    return lives.keys.reduce(into: [:]) { own, name in
      own[name] = entries[name].map { $0.latest - $0.before }
    }
  }

  /// Forgets names that no door counts and no guest has.
  mutating func forget(besides names: Set<Name>) {
    entries = entries.filter { names.contains($0.key) || $0.value.latest > 0 }
  }
}
