extension Event {
  /// The operation that the event changes.
  fileprivate var operation: Operation.Identifier? {
    switch self {
    case .operationBegan(let operation, _): operation.id
    case .stepBegan(let id, _), .operationUndoing(let id, _), .operationFellBack(let id, _),
      .operationYielded(let id, _), .operationCalledOff(let id, _), .operationDone(let id),
      .operationFailed(let id, _, _):
      id
    default: nil
    }
  }
}

extension Inventory {
  /// Folds one event into the inventory. Pure; events about things that are gone change nothing but the revision.
  public mutating func apply(_ logged: LoggedEvent) {
    revision = logged.revision
    switch logged.event {
    case .templateSealed, .templateDeleted, .templateWarmed, .templateCooled, .warmSetRefused:
      applyToTemplate(logged.event)
    case .operationBegan, .stepBegan, .operationUndoing, .operationFellBack, .operationYielded,
      .operationCalledOff, .operationDone, .operationFailed:
      applyToOperation(logged.event, at: logged.at)
      if let id = logged.event.operation { operations[id]?.revision = revision }
    case .guestReady, .guestServedFirst, .guestFound, .guestPoweredOff, .guestAdopted,
      .diskChanged:
      applyToGuest(logged.event, at: logged.at)
    case .groupCreated, .groupChanged, .desiredChanged, .groupPaused, .groupResumed,
      .groupDeleting, .groupForgotten, .launchRefused, .memberWeighed, .balancerFailed,
      .balancerRecovered:
      applyToGroup(logged.event, at: logged.at)
    case .groupRetried, .brakeReleased, .repairHeld, .repairTried, .repairReleased, .rolloutBegan,
      .rolloutMoved,
      .rolloutPaused, .rolloutResumed:
      applyToRollout(logged.event, at: logged.at)
    case .poolCreated(let pool): pools[pool.name] = pool
    case .poolDeleted(let name): pools[name] = nil
    case .balancerCreated, .balancerDeleted, .balancerMoved, .seatFailed, .seatRecovered:
      applyToBalancer(logged.event, at: logged.at)
    case .recordSetAside: break
    }
  }

  private mutating func applyToTemplate(_ event: Event) {
    switch event {
    case .templateSealed(var template):
      // The same version built again is as quick as it was.
      template.starts = templates[template.digest]?.starts
      templates[template.digest] = template
    case .templateDeleted(let digest, _):
      templates[digest] = nil
      warmSets = warmSets.filter { $0.value.templateDigest != digest }
    case .templateWarmed(let set):
      // A template that was deleted meanwhile has none.
      if templates[set.templateDigest] != nil { warmSets[set.id] = set }
    case .templateCooled(let id, _): warmSets[id] = nil
    case .warmSetRefused(let id, let problem): warmSets[id]?.refuse(problem)
    default: break
    }
  }

  private mutating func applyToOperation(_ event: Event, at now: Timestamp) {
    switch event {
    case .operationBegan(let operation, let launching):
      operations[operation.id] = operation
      if let launching { guests[launching.name] = launching }
      forgetOldOperations()
    case .stepBegan(let id, let cursor):
      guard let operation = operations[id], operation.steps.indices.contains(cursor) else { return }
      operations[id]?.cursor = cursor
      guard operation.status == .running else { return }
      begin(operation.steps[cursor], of: operation, at: now)
    case .operationUndoing(let id, let problem):
      operations[id]?.status = .undoing
      operations[id]?.problem = problem
    case .operationFellBack(let id, let problem):
      if let operation = operations[id], let set = operation.warmSet,
        !operation.wasImpatient(problem)
      {
        warmSets[set]?.forkFailed(problem)
      }
      operations[id]?.fallBack(because: problem)
    case .operationYielded(let id, let result): operations[id]?.result = result
    case .operationCalledOff(let id, let problem):
      operations[id]?.status = .failed
      operations[id]?.problem = problem
      operations[id]?.ended = now
    case .operationDone(let id):
      finish(id, at: now)
    case .operationFailed(let id, let problem, let undone):
      fail(id, problem, undone, at: now)
    default: break
    }
  }

  private mutating func begin(_ step: GuestAction, of operation: Operation, at now: Timestamp) {
    if let state = step.stateDuring {
      guests[operation.guest]?.state = state
      guests[operation.guest]?.reason = nil
    }
    if let start = step.startKind {
      guests[operation.guest]?.start = start
      guests[operation.guest]?.note(poweredOff: false)
      guests[operation.guest]?.startedAt = now
      guests[operation.guest]?.readyAt = nil
      guests[operation.guest]?.servingAt = nil
      guests[operation.guest]?.firstServedAt = nil
      guests[operation.guest]?.isAside = false
    }
  }

  private mutating func finish(_ id: Operation.Identifier, at now: Timestamp) {
    guard let operation = operations[id] else { return }
    operations[id]?.status = .done
    operations[id]?.ended = now
    if let set = operation.warmSet { warmSets[set]?.forkSucceeded() }
    switch operation.ending {
    case .forgotten:
      guests[operation.guest] = nil
      if let group = operation.group { groups[group]?.weigh(operation.guest) }
    case .unchanged: break
    case .becomes(let state):
      guests[operation.guest]?.state = state
      guests[operation.guest]?.reason = operation.reasonAfter
      if operation.setsAside { guests[operation.guest]?.isAside = true }
      guard !operation.takesBack else { return }
      if state == .serving {
        guests[operation.guest]?.servingAt = now
      }
      if operation.ending.isRise, let group = operation.group, let guest = guests[operation.guest] {
        noteRise(of: guest, in: group)
      }
    }
  }

  private mutating func fail(
    _ id: Operation.Identifier, _ problem: Problem, _ undone: Bool, at now: Timestamp
  ) {
    guard let operation = operations[id] else { return }
    operations[id]?.status = .failed
    operations[id]?.problem = problem
    operations[id]?.ended = now
    // It drains, as it did; whoever looks next puts it where it belongs.
    guard !operation.takesBack else { return }
    let version = guests[operation.guest]?.templateDigest
    if undone {
      if operation.makesGuest { guests[operation.guest] = nil }
    } else if operation.ending != .unchanged {
      guests[operation.guest]?.state = .failed
      guests[operation.guest]?.reason = problem.message
    }
    if let group = operation.group, operation.ending.isRise,
      problem.code != .cancelled
    {
      noteFailedRise(ofVersion: version, in: group, problem, at: now)
    }
  }

  private mutating func applyToGuest(_ event: Event, at now: Timestamp) {
    switch event {
    case .guestReady(let name): noteReady(name, at: now)
    case .guestServedFirst(let name): guests[name]?.firstServedAt = now
    case .guestFound(let name, let state, let reason):
      noteLoss(of: name, as: state, reason, at: now)
      guests[name]?.state = state
      guests[name]?.reason = reason.isEmpty ? nil : reason
      guests[name]?.note(poweredOff: false)
    case .guestPoweredOff(let name): guests[name]?.note(poweredOff: true)
    case .guestAdopted(let guest):
      guests[guest.name] = guest
      guests[guest.name]?.disks.forgetMarks()
      guests[guest.name]?.note(poweredOff: false)
    case .diskChanged(let name, let change): guests[name]?.apply(change, at: now)
    default: break
    }
  }

  private mutating func applyToGroup(_ event: Event, at now: Timestamp) {
    switch event {
    case .groupCreated(let group): groups[group.name] = group
    case .groupChanged(let name, let spec):
      if groups[name]?.spec.template != spec.template {
        groups[name]?.version = nil
        groups[name]?.rollout = nil
      }
      if groups[name]?.spec.launchesLike(spec) == false { tryNow(name, at: now) }
      groups[name]?.spec = spec
      if let desired = groups[name]?.desired {
        groups[name]?.desired = Swift.min(Swift.max(desired, spec.min), spec.max)
      }
    case .desiredChanged(let name, let size, _): groups[name]?.desired = size
    case .launchRefused(let name, let problem):
      noteFailedRise(ofVersion: nil, in: name, problem, at: now)
    case .memberWeighed(let member, let name, let weight): groups[name]?.weigh(member, weight)
    case .groupPaused(let name): groups[name]?.isPaused = true
    case .groupResumed(let name):
      groups[name]?.isPaused = false
      groups[name]?.brake.release()
      for member in members(of: name) { guests[member.name]?.isAside = false }
    case .groupDeleting(let name): groups[name]?.isBeingDeleted = true
    case .groupForgotten(let name): groups[name] = nil
    case .balancerFailed(let name, let problem): groups[name]?.balancerProblem = problem
    case .balancerRecovered(let name): groups[name]?.balancerProblem = nil
    default: break
    }
  }

  private mutating func applyToBalancer(_ event: Event, at now: Timestamp) {
    switch event {
    case .balancerCreated(let balancer): balancers[balancer.name] = balancer
    case .balancerDeleted(let name): balancers[name] = nil
    case .balancerMoved(let name, let seat): balancers[name]?.noteMove(to: seat, at: now)
    case .seatFailed(let name, let seat, let problem): balancers[name]?.note(problem, of: seat)
    case .seatRecovered(let name, let seat): balancers[name]?.note(nil, of: seat)
    default: break
    }
  }

  private mutating func forgetOldOperations() {
    let finished = operations.values.filter(\.status.isOver)
    guard finished.count > Self.finishedOperationsKept else { return }
    let surplus = finished.sorted { $0.id < $1.id }
      .prefix(finished.count - Self.finishedOperationsKept)
    for operation in surplus { operations[operation.id] = nil }
  }
}
