/// What happened: the only thing that changes an inventory.
public enum Event: Hashable, Sendable, Codable {
  case templateSealed(Template)
  case templateDeleted(digest: String, name: Name)
  case templateWarmed(WarmSet)
  case templateCooled(id: String, name: Name)
  /// No guest is forked from this set any more.
  case warmSetRefused(id: String, Problem)

  /// A plan was accepted. `launching` is the record of a guest that is new with it.
  case operationBegan(Operation, launching: Guest?)
  case stepBegan(Operation.Identifier, cursor: Int)
  case operationUndoing(Operation.Identifier, Problem)
  /// Forking failed; the plan goes on with a cold start.
  case operationFellBack(Operation.Identifier, Problem)
  case operationYielded(Operation.Identifier, OperationResult)
  /// It was given up for another operation on its guest, before it had changed anything for good: the guest stays what it is.
  case operationCalledOff(Operation.Identifier, Problem)
  case operationDone(Operation.Identifier)
  /// `undone`: every step was taken back, so that a guest that was new with the plan is gone again.
  case operationFailed(Operation.Identifier, Problem, undone: Bool)

  case guestReady(Name)
  /// The balancer was seen to have passed the member its first request.
  case guestServedFirst(Name)
  /// The hypervisor shows the guest in another state than the inventory had.
  case guestFound(Name, GuestState, reason: String)
  /// Its system powered its machine off: nothing is missing on its disk.
  case guestPoweredOff(Name)
  /// A guest of covey's that the store did not know, rebuilt from the hypervisor's metadata.
  case guestAdopted(Guest)
  case diskChanged(Name, DiskChange)

  case groupCreated(Group)
  case groupChanged(Name, GroupSpec)
  case desiredChanged(Name, to: Int, why: String)
  /// The group asked for a member and a rule said no.
  case launchRefused(Name, Problem)
  case memberWeighed(Name, of: Name, weight: Int)
  case groupPaused(Name)
  case groupResumed(Name)
  /// Launches and repair that were held back are tried at once.
  case groupRetried(Name)
  /// As many members as are wanted have served for long, after some that did not.
  case brakeReleased(Name)
  /// Most members were found down at once.
  case repairHeld(Name, RepairBrake)
  /// One of those that are down is replaced, to see whether its successor serves.
  case repairTried(Name, member: Name)
  case repairReleased(Name)
  case rolloutBegan(Name, Rollout)
  case rolloutMoved(Name, Rollout.Phase, why: String?)
  case rolloutPaused(Name)
  case rolloutResumed(Name)
  case groupDeleting(Name)
  case groupForgotten(Name)
  case balancerFailed(Name, Problem)
  case balancerRecovered(Name)

  case poolCreated(Pool)
  /// The pool is no place for disks any more; its folder stays.
  case poolDeleted(Name)

  /// An owner made an address that moves between seats.
  case balancerCreated(MovingAddress)
  case balancerDeleted(Name)
  /// The address was seen at another seat; nil when it is nowhere.
  case balancerMoved(Name, to: String?)
  case seatFailed(Name, seat: String, Problem)
  case seatRecovered(Name, seat: String)

  /// A stored record could not be read; it is kept aside and never deleted.
  case recordSetAside(kind: String, key: String, why: String)
}

extension Event {
  /// Whether it only says how far a plan is. Should the host lose power before such an event is on its disk, the plan is
  /// taken up at an earlier step, which may be repeated: nobody needs to wait for the disk.
  public var isProgress: Bool {
    switch self {
    case .stepBegan, .guestReady, .guestServedFirst: true
    default: false
    }
  }
}

/// An event with its place in the order of all events and its time.
public struct LoggedEvent: Hashable, Sendable, Codable {
  /// Counts up by one with every event, over restarts too.
  public let revision: Int
  public let at: Timestamp
  public let event: Event

  public init(revision: Int, at: Timestamp, event: Event) {
    self.revision = revision
    self.at = at
    self.event = event
  }
}
