/// A group's members sorted out, as every part of its reconciliation sees them.
struct Muster {
  let inventory: Inventory
  let now: Timestamp
  let signs: MemberSigns
  let members: [Guest]
  /// Without an operation under way, and without a failure a moment ago.
  let rested: [Guest]
  /// They serve, or are on their way to.
  let rising: [Guest]
  /// They served, lost their machine, and wait: what is repaired is repaired one at a time.
  let held: Set<Name>
  /// How many their owner stopped, whose places stay empty.
  let aside: Int
}

/// Which members a group grows by.
struct Growth {
  /// Of what is launched: digest, or nil for the newest.
  let version: String?
  /// How many may come in beside those that are there; nil where only the cap counts.
  let room: Int?
  /// Which of those that are there already may come back or wake.
  let isWanted: (Guest) -> Bool

  init(version: String?, room: Int? = nil, isWanted: @escaping (Guest) -> Bool = { _ in true }) {
    self.version = version
    self.room = room
    self.isWanted = isWanted
  }
}
