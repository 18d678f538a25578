/// A wish for a snapshot of a guest.
public struct SnapshotRequest: Hashable, Sendable {
  /// Nil takes the next of `snap-1`, `snap-2`, ...
  public let name: Name?
  public let note: String?
  /// Also saves what is in the machine's memory, so that it can go on where it was.
  public let savesMemory: Bool

  /// - Throws: `Refusal.outOfRange` for a note that is too long or has control characters.
  public init(name: Name? = nil, note: String? = nil, savesMemory: Bool = false) throws(Refusal) {
    if let note { _ = try Note(note) }
    self.name = name
    self.note = note
    self.savesMemory = savesMemory
  }
}

/// A wish for a guest to be as it was.
public struct RestoreRequest: Hashable, Sendable {
  public let snapshot: Name
  /// Gives up the state that the guest has now, instead of keeping it as a snapshot.
  public let discards: Bool
  /// Starts the guest also when it does not run now.
  public let starts: Bool
  public let stopWithin: Duration

  public init(
    snapshot: Name, discards: Bool = false, starts: Bool = false,
    stopWithin: Duration = Guest.stopWithin
  ) {
    self.snapshot = snapshot
    self.discards = discards
    self.starts = starts
    self.stopWithin = stopWithin
  }
}
