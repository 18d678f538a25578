import Covey
import Logging

/// Carries out saved plans: those an earlier daemon left unfinished first, then every new one.
///
/// One plan at a time touches a guest. Each step is saved before it begins, so that a daemon that is killed takes the
/// plan up at the step it was at; steps may be repeated. A failed launch is taken back, latest step first.
public struct Performer: Sendable {
  /// How often a step that takes something back is tried before the guest is left `failed`.
  static let undoTries = 3
  /// How often a step whose outcome stays unknown is tried.
  static let tries = 5

  private let ledger: Ledger
  private let ports: Ports
  private let steps: StepRunner
  private let turns = Turns<Name>()
  /// Forks are not kept waiting by machines that boot, which take a hundred times as long.
  private let (boots, forks): (Berths, Berths)
  private let progress: ProgressBook
  private let reached: @Sendable (FaultPoint, Operation) async -> Void
  private let logger: Logger

  /// - `startsAtOnce`: how many machines may boot at the same time, and how many fork; about two for each of the host's
  ///   processors.
  ///   `progress`: where the steps that take long say how far they are. `reached` is called at every moment at which a
  ///   kill would leave something half done.
  public init(
    ledger: Ledger, ports: Ports, startsAtOnce: Int = 4, progress: ProgressBook = ProgressBook(),
    logger: Logger, reached: @escaping @Sendable (FaultPoint, Operation) async -> Void = { _, _ in }
  ) {
    self.reached = reached
    self.progress = progress
    (boots, forks) = (Berths(startsAtOnce), Berths(startsAtOnce))
    self.ledger = ledger
    self.ports = ports
    self.steps = StepRunner(ports: ports, ledger: ledger)
    self.logger = logger
  }

  /// Runs until its task is cancelled; plans under way are then left as saved, for the next daemon.
  public func run() async {
    await withDiscardingTaskGroup { group in
      let (unfinished, new) = await ledger.operationsToPerform()
      for operation in unfinished { group.addTask { await perform(operation.id) } }
      for await operation in new { group.addTask { await perform(operation.id) } }
      group.cancelAll()
    }
  }

  private func perform(_ id: Operation.Identifier) async {
    guard let operation = await ledger.inventory.operations[id] else { return }
    await endAtOnce(operation)
    await turns.take(operation.guest)
    await untilOver(id) { await insist(on: id) }
    await turns.give(operation.guest)
  }

  /// A forced delete ends the machine before its turn comes: the plan that it interrupts may hang in a machine that
  /// no longer answers, and only the end of that machine frees it.
  private func endAtOnce(_ operation: Operation) async {
    guard operation.steps.first == .destroy, operation.ending == .forgotten,
      let guest = await ledger.inventory.guests[operation.guest]
    else { return }
    do { try await ports.hypervisor.destroy(guest) } catch {
      logger.warning("not ended at once: \(error)", metadata: Self.metadata(operation))
    }
  }

  /// A store that cannot save for a moment must not leave the plan hanging: steps may be repeated.
  private func insist(on id: Operation.Identifier) async {
    while !Task.isCancelled {
      await carryOut(id)
      guard let operation = await ledger.inventory.operations[id], !operation.status.isOver else {
        return
      }
      do { try await ports.time.sleep(for: .seconds(1)) } catch { return }
    }
  }

  /// Runs a body, and cancels it when the operation ends otherwise: a forced delete interrupts it.
  private func untilOver(_ id: Operation.Identifier, _ body: @escaping @Sendable () async -> Void)
    async
  {
    await withTaskGroup { group in
      group.addTask { await body() }
      group.addTask {
        _ = await ledger.inventory { $0.operations[id]?.status.isOver ?? true }
      }
      await group.next()
      group.cancelAll()
    }
  }

  private func carryOut(_ id: Operation.Identifier) async {
    guard let operation = await ledger.inventory.operations[id], !operation.status.isOver else {
      return
    }
    do {
      if operation.status == .running {
        try await unlessTurnedBack(id) { try await goForward(operation) }
      }
      let after = await ledger.inventory.operations[id]
      if let after, after.status == .undoing, let problem = after.problem {
        try await undo(after, from: after.cursor, because: problem)
      }
    } catch is CancellationError {
      logger.debug("plan interrupted", metadata: ["operation": "\(id)"])
    } catch {
      // The store could not save: the plan stays as last saved, and is taken up there again.
      logger.error("plan held up: \(error)", metadata: ["operation": "\(id)"])
    }
  }

  /// Runs a body, and cancels it when the plan is to be taken back: its user cancelled it.
  private func unlessTurnedBack(
    _ id: Operation.Identifier, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await body() }
      group.addTask {
        _ = await ledger.inventory { $0.operations[id]?.status != .running }
      }
      do { try await group.next() } catch {
        guard await ledger.inventory.operations[id]?.status == .undoing else { throw error }
      }
      group.cancelAll()
      while !group.isEmpty {
        do { try await group.next() } catch {
          // What was cut off is taken back, whatever it says.
          logger.debug("cut off: \(error)", metadata: ["operation": "\(id)"])
        }
      }
    }
  }

  /// From the start of a machine to its first answer the plan holds a berth.
  private func goForward(_ operation: Operation) async throws {
    var held: Berths?
    func giveBack() {
      held?.give()
      held = nil
    }
    defer { giveBack() }
    let begin = operation.takenUpAt
    for cursor in begin..<operation.steps.count {
      let step = operation.steps[cursor]
      guard try await record(.stepBegan(operation.id, cursor: cursor), of: operation) else {
        return
      }
      if held == nil, let berths = berths(for: step) {
        try await berths.take()
        held = berths
      }
      // It may have to wait for a balancer, and needs no processor for that.
      if case .enterBalancer = step { giveBack() }
      do {
        try await performUntilKnown(step, at: cursor, of: operation)
      } catch let error where !(error is CancellationError) && !Task.isCancelled {
        // The berth is for machines that come up; the way back needs none.
        giveBack()
        let problem = Self.problem(error, step, operation)
        return try await turnBack(operation, at: cursor, problem, isTakenUp: begin > 0)
      }
      if case .awaitHealth = step {
        guard try await record(.guestReady(operation.guest), of: operation) else { return }
        giveBack()
      }
    }
    guard try await record(.operationDone(operation.id), of: operation) else { return }
    logger.info("\(operation.verb) done", metadata: Self.metadata(operation))
  }

  /// Records what happens on the way forward; nothing once the plan was turned back.
  private func record(_ event: Event, of operation: Operation) async throws -> Bool {
    try await ledger.record([event], while: .running, operation.id)
  }

  /// Where a machine waits for its turn that comes up by the step; nil for steps that start none.
  private func berths(for step: GuestAction) -> Berths? {
    switch step.startKind {
    case .boot: boots
    case .fork, .resume: forks
    case .standby, nil: nil
    }
  }

  /// What follows a step that failed: a cold start where a fork did, else the way back, where the plan has one.
  ///
  /// - `isTakenUp`: an earlier daemon began the plan, and the guest may have been used since.
  private func turnBack(
    _ operation: Operation, at cursor: Int, _ problem: Problem, isTakenUp: Bool
  ) async throws {
    logger.warning("\(operation.verb) failed: \(problem)", metadata: Self.metadata(operation))
    let failed = Event.operationFailed(operation.id, problem, undone: false)
    if await mayHaveBeenWrittenTo(operation, at: cursor, isTakenUp) {
      return _ = try await record(failed, of: operation)
    }
    if operation.fallback != nil, operation.steps[cursor].belongsToFork {
      return try await fallBack(operation, because: problem)
    }
    // Nobody knows whether it stays done: what it stands on is not taken away then.
    let mayBeDone = operation.steps[cursor].isFinal && problem.code == .unknownOutcome
    let isUndone = operation.undoesOnFailure && !mayBeDone
    _ = try await record(
      isUndone ? .operationUndoing(operation.id, problem) : failed, of: operation)
  }

  /// Whether a persistent disk may hold what somebody stored on it: the guest was reachable, and for longer than this
  /// plan's own wait, or it has answered. Such a disk is never removed on the way back.
  private func mayHaveBeenWrittenTo(_ operation: Operation, at cursor: Int, _ isTakenUp: Bool) async
    -> Bool
  {
    guard let guest = await ledger.inventory.guests[operation.guest], guest.disk == .persistent,
      let exposed = operation.steps.firstIndex(of: .exposePorts), cursor > exposed
    else { return false }
    return isTakenUp || guest.readyAt != nil
  }

  /// Goes on with a cold start, once: its plan has nothing to fall back to.
  private func fallBack(_ operation: Operation, because problem: Problem) async throws {
    guard try await record(.operationFellBack(operation.id, problem), of: operation) else { return }
    guard let operation = await ledger.inventory.operations[operation.id] else { return }
    try await goForward(operation)
  }

  /// Takes steps back, latest first; the failed one too, because its outcome may be unknown. Steps that stay done end it.
  private func undo(_ operation: Operation, from cursor: Int, because problem: Problem) async throws
  {
    let undoable = operation.undoable(from: cursor)
    var undone = undoable.lowerBound == 0
    for index in undoable.reversed() {
      guard let step = operation.undo(of: index) else { continue }
      let begins = Event.stepBegan(operation.id, cursor: index)
      guard try await ledger.record([begins], while: .undoing, operation.id) else { return }
      // What cannot be taken back must not keep the rest from being taken back.
      try await reach(index, .before, operation)
      undone = try await tryToUndo(step, operation) && undone
      try await reach(index, .after, operation)
    }
    let failed = Event.operationFailed(operation.id, problem, undone: undone)
    _ = try await ledger.record([failed], while: .undoing, operation.id)
  }

  private func tryToUndo(_ step: GuestAction, _ operation: Operation) async throws -> Bool {
    for attempt in 1...Self.undoTries {
      do {
        try await perform(step, of: operation)
        return true
      } catch let error where !(error is CancellationError) && !Task.isCancelled {
        logger.error(
          "taking back failed: \(error)",
          metadata: ["step": "\(step.stage)", "attempt": "\(attempt)"])
        try await ports.time.sleep(for: .milliseconds(200 * Int64(attempt)))
      }
    }
    return false
  }

  /// An outcome that could not be learnt means look again: the step is repeated, since every step may be. So is one that a
  /// balancer did not answer, for as long as the member has to drain: one answer that is late must not cut its requests.
  private func performUntilKnown(_ step: GuestAction, at cursor: Int, of operation: Operation)
    async throws
  {
    let patience = ports.time.now() + operation.patience
    for attempt in 1... {
      do {
        try await reach(cursor, .before, operation)
        try await perform(step, of: operation)
        return try await reach(cursor, .after, operation)
      } catch let problem as Problem
        where problem.code == .unknownOutcome && attempt < Self.tries
        || problem.code == .unavailable && step.asksBalancer
          && (attempt < Self.tries || ports.time.now() < patience)
      {
        logger.warning("looking again: \(problem)", metadata: Self.metadata(operation))
        try await ports.time.sleep(for: .seconds(Int64(min(attempt, Self.tries))))
      }
    }
  }

  private func reach(_ cursor: Int, _ moment: FaultPoint.Moment, _ operation: Operation)
    async throws
  {
    let verb = operation.status == .undoing ? "undo-\(operation.verb)" : operation.verb
    await reached(FaultPoint(verb: verb, step: cursor, moment: moment), operation)
    try Task.checkCancellation()
  }

  private func perform(_ step: GuestAction, of operation: Operation) async throws {
    let inventory = await ledger.inventory
    guard let guest = inventory.guests[operation.guest] else { return }
    defer { progress.forget(operation.id) }
    try await steps.perform(step, on: guest, in: inventory) { [progress, time = ports.time] in
      progress.note($0, of: operation.id, at: time.now())
    }
  }

  private static func problem(_ error: any Error, _ step: GuestAction, _ operation: Operation)
    -> Problem
  {
    if let problem = error as? Problem { return problem }
    return Problem(
      .internal, subject: "guest \(operation.guest)",
      "\(operation.verb) of guest \"\(operation.guest)\" failed while \(step.stage): \(error)",
      hint: "see the daemon's log")
  }

  private static func metadata(_ operation: Operation) -> Logger.Metadata {
    ["guest": "\(operation.guest)", "operation": "\(operation.id)"]
  }
}
