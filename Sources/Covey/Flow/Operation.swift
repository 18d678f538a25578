/// A plan on one guest while it is carried out, and what became of it. Saved before its first step.
public struct Operation: Hashable, Sendable, Codable {
  /// Unique, short, sortable by age.
  public typealias Identifier = String

  public enum Status: String, Hashable, Sendable, Codable {
    case running
    /// A step failed; the steps before it are being taken back.
    case undoing
    case done, failed

    public var isOver: Bool { self == .done || self == .failed }
  }

  /// What the guest becomes when the plan is done.
  public enum Ending: Hashable, Sendable, Codable {
    case becomes(GuestState)
    /// The guest is gone and its record with it.
    case forgotten
    /// The guest stays what it is, also when the plan fails.
    case unchanged

    /// Whether a member comes up: its failure is one of launching.
    public var isRise: Bool { self == .becomes(.serving) || self == .becomes(.standby) }
  }

  public let id: Identifier
  /// The verb that the user or the group asked for: `launch`, `start`, `stop`, `restart`, `delete`, `retire`.
  public let verb: String
  public let guest: Name
  public let group: Name?
  public private(set) var steps: [GuestAction]
  public let ending: Ending
  /// Whether a failure takes the earlier steps back (a launch) or leaves the guest `failed` (anything else).
  public let undoesOnFailure: Bool
  /// What is done instead when forking fails; nil once it is being done.
  public private(set) var fallback: [GuestAction]?
  /// Why the guest is booted where a fork was wanted: there was nothing to fork from, or forking failed.
  public private(set) var setback: Problem?
  public let began: Timestamp
  /// Index of the step that runs or runs next; counts down while undoing.
  public var cursor = 0
  public var status: Status = .running
  public var problem: Problem?
  public var ended: Timestamp?
  public internal(set) var result: OperationResult?
  /// Of the latest event that changed it, so that whoever waits for news of it alone can tell.
  public var revision = 0

  public init(
    id: Identifier, verb: String, guest: Name, group: Name?, plan: Plan, began: Timestamp
  ) {
    self.id = id
    self.verb = verb
    self.guest = guest
    self.group = group
    self.steps = plan.steps
    self.ending = plan.ending
    self.undoesOnFailure = plan.undoesOnFailure
    self.fallback = plan.fallback
    self.setback = plan.setback
    self.began = began
  }

  /// Turns to the steps that need no fork; nothing, when there are none left to turn to.
  public mutating func fallBack(because problem: Problem) {
    guard let fallback else { return }
    (steps, self.fallback, setback, cursor) = (fallback, nil, problem, 0)
  }

  /// Where a saved plan is taken up again.
  ///
  /// Steps may be repeated, with two exceptions. Memory that was saved fits only the disk that was saved with it: a fork
  /// whose machine may have run already, and written, begins again with its disk. A turn needs its mirror, which may have
  /// ended with the daemon: the step before sees to that.
  public var takenUpAt: Int {
    if steps.indices.contains(cursor), case .pivot = steps[cursor] {
      return steps.firstIndex { if case .mirrorLayer = $0 { true } else { false } } ?? cursor
    }
    let fork = steps.firstIndex { $0.startKind == .fork }
    return fork.map { cursor <= $0 } ?? false ? 0 : cursor
  }

  /// Whether it gave the fork less time than forks have: then its failure says nothing about the warm set.
  func wasImpatient(_ problem: Problem) -> Bool {
    guard problem.code == .deadline else { return false }
    return steps.contains { step in
      guard case .awaitHealth(let within) = step else { return false }
      return within < LaunchRequest.forkReadyWithin
    }
  }

  /// The steps that are taken back when the one at `cursor` fails, in the plan's order: none from before one that stays
  /// done.
  public func undoable(from cursor: Int) -> Range<Int> {
    let done = steps[..<cursor].lastIndex(where: \.isFinal).map { $0 + 1 } ?? 0
    return done..<max(cursor, doneByFork) + 1
  }

  /// How far the fork may have come that a cold start stands in for: what it made is taken back with it, even when the cold
  /// start fails at its first step, the end of the fork's machine.
  private var doneByFork: Int {
    guard makesGuest, steps.first == .destroy else { return 0 }
    return steps.firstIndex { $0.startKind != nil } ?? 0
  }

  /// What takes a step back. The definition of a guest that was there before is never taken away.
  public func undo(of index: Int) -> GuestAction? {
    steps[index] == .define && !makesGuest ? nil : steps[index].undo
  }

  /// Whether it has its guest stand on a version of a template, by its whole digest.
  func rebases(onto version: String) -> Bool {
    steps.contains(.note(.rebased(onto: version)))
      || steps.contains { if case .rebaseLayer(_, version) = $0 { true } else { false } }
  }

  /// The backup that it makes.
  public var backup: BackupTask? {
    for case .prepareBackup(let task) in steps { return task }
    return nil
  }

  /// What removes the copies of the guest's disk that it makes.
  var copies: [GuestAction] {
    steps.compactMap { step in
      switch step {
      case .claimFolder, .prepareBackup: step.undo
      // What a move had still to remove where the disk lay before.
      case .clearFolder(let folder?, let next): .clearFolder(folder, below: next)
      default: nil
      }
    }
  }

  /// Whether it takes a member out of its group and keeps its disk.
  var isScaleIn: Bool { verb == "retire" && ending == .becomes(.stopped) }

  /// Why its guest is as it is once it is done; nil where that needs no reason.
  var reasonAfter: String? {
    isScaleIn ? Guest.keptReason : setsAside ? Guest.asideReason : nil
  }

  /// Whether its owner stops a member by it.
  var setsAside: Bool { verb == "stop" && group != nil }

  /// How long its member has to drain, and so how long a balancer that does not answer is waited for.
  public var patience: Duration {
    for case .awaitDrained(let within) in steps { return within }
    return .zero
  }

  /// Whether it takes a member out and has only drained it so far: then the member can be taken back.
  public var mayBeCalledOff: Bool {
    guard verb == "retire", status == .running, steps.indices.contains(cursor) else { return false }
    return switch steps[cursor] {
    case .drain, .awaitDrained: true
    default: false
    }
  }

  /// Whether it takes a member back that was draining.
  var takesBack: Bool { verb == "undrain" }

  /// Whether its guest is new with it, and gone again when all of it is taken back.
  var makesGuest: Bool {
    steps.contains { step in
      switch step {
      case .createDisk, .forkDisk, .adoptDisk, .restoreDisk: true
      default: false
      }
    }
  }

  /// The snapshot that it makes of the guest's state.
  public var snapshot: Snapshot? {
    for step in steps {
      switch step {
      case .takeSnapshot(let snapshot, _), .note(.restored(_, _, left: let snapshot?)):
        return snapshot
      default: continue
      }
    }
    return nil
  }

  /// The warm set that the guest is forked from.
  public var warmSet: String? { steps.lazy.compactMap(\.warmSet).first }

  /// Decides a wish to end it and take back what it did. Pure.
  ///
  /// - Returns: the event that makes it so.
  public func decideCancel() -> Decision<Event> {
    if status == .undoing { return .ignore("it is being taken back already") }
    if status.isOver { return .ignore("it is over already") }
    guard undoesOnFailure, mayBeTakenBack else { return .refuse(.notCancellable(id, verb: verb)) }
    return .proceed(
      .operationUndoing(
        id,
        Problem(
          .cancelled, subject: "guest \(guest)", "\(verb) of guest \"\(guest)\" was cancelled",
          hint: "what it did is taken back; ask again if it is still wanted")))
  }

  /// Whether an end now leaves all as it was; or what was done for good changes nothing of the guest, as the snapshot does that
  /// an export is made from, and what came after it is taken back.
  private var mayBeTakenBack: Bool {
    guard steps.indices.contains(cursor), !steps[cursor].isFinal else { return false }
    guard steps[..<cursor].contains(where: \.isFinal) else { return true }
    return ending == .unchanged && undoable(from: cursor).contains { undo(of: $0) != nil }
  }

  /// What the user reads: the running step's words.
  public var stage: String {
    switch status {
    case .running: steps.indices.contains(cursor) ? steps[cursor].stage : "finishing"
    case .undoing: "taking back what was done"
    case .done: "done"
    case .failed: "failed"
    }
  }
}
