import Covey

/// The one writer of the inventory: decides by pure rules, saves, folds, publishes.
///
/// Each call is one step without suspension, on a thread of the ledger's own: what a rule saw is still so when its
/// plan is saved. Calls block that thread for the milliseconds that the store takes, and nobody else's.
public actor Ledger {
  public private(set) var inventory: Inventory
  private let store: any Store
  private let time: any TimeSource
  private let identifiers: any Identifiers
  private let thread = StoreThread("ledger")
  private let revisions = Subscribers<Int>()
  private let begun = Subscribers<Operation>()

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// Reads what the store holds; records that could not be read are set aside with an event.
  ///
  /// - Throws: `Problem` when the store cannot be read at all.
  public init(store: any Store, time: any TimeSource, identifiers: any Identifiers) throws {
    self.store = store
    self.time = time
    self.identifiers = identifiers
    let stored = try store.load()
    var inventory = stored.inventory
    let aside = stored.setAside.enumerated().map { offset, record in
      LoggedEvent(
        revision: inventory.revision + offset + 1, at: time.now(),
        event: .recordSetAside(kind: record.kind, key: record.key, why: record.why))
    }
    try store.save(aside, [])
    for event in aside { inventory.apply(event) }
    self.inventory = inventory
  }

  /// Saves events with the records they change, folds them in and wakes who waits. All or nothing.
  ///
  /// - Throws: `Problem` when the store cannot save; the inventory is then unchanged.
  public func record(_ events: [Event]) throws {
    guard !events.isEmpty else { return }
    let now = time.now()
    var next = inventory
    let logged = events.enumerated().map { offset, event in
      LoggedEvent(revision: inventory.revision + offset + 1, at: now, event: event)
    }
    for event in logged { next.apply(event) }
    try store.save(logged, next.changes(since: inventory))
    inventory = next
    revisions.publish(next.revision)
    for case .operationBegan(let operation, _) in events { begun.publish(operation) }
  }

  /// Records what a plan did or begins, unless it was turned back, or ended, meanwhile: a step that stays done must not begin
  /// once a user was told that all is taken back.
  ///
  /// - Returns: whether it was recorded.
  func record(_ events: [Event], while status: Operation.Status, _ id: Operation.Identifier) throws
    -> Bool
  {
    guard inventory.operations[id]?.status == status else { return false }
    try record(events)
    return true
  }

  /// What became of a request.
  public enum Outcome: Sendable {
    case began(Operation)
    /// The wish is already true or under way; why, in words.
    case unchanged(String)
  }

  /// Decides a launch and, if it may proceed, saves its plan; the performer takes it up.
  ///
  /// - Throws: `Problem`, when a rule refuses or the store cannot save. Then nothing has changed.
  public func launch(_ request: LaunchRequest, pool: AddressPool, lowestBindablePort: Int) throws
    -> Outcome
  {
    let facts = LaunchFacts(
      uuid: identifiers.uuid(), pool: pool, lowestBindablePort: lowestBindablePort, now: time.now())
    switch request.decide(in: inventory, with: facts) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore(let reason): return .unchanged(reason)
    case .proceed(let launch):
      let operation = begin("launch", launch.guest, launch.plan)
      try record([.operationBegan(operation, launching: launch.guest)])
      return .began(operation)
    }
  }

  /// Decides a request on a guest and, if it may proceed, saves its plan. A forced delete interrupts what is under way;
  /// to take a member back calls its retirement off.
  ///
  /// - Throws: `Problem`, when a rule refuses or the store cannot save. Then nothing has changed.
  public func request(_ request: GuestRequest, on name: Name) throws -> Outcome {
    let guest = try requiring { () throws(Refusal) in try inventory.requireGuest(name) }
    switch guest.decide(request, in: inventory) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore(let reason): return .unchanged(reason)
    case .proceed(let plan):
      let operation = begin(request.verb, guest, plan)
      let interrupted = inventory.operation(on: name).map {
        request == .undrain
          ? Event.operationCalledOff($0.id, Self.calling(off: $0))
          : Event.operationFailed($0.id, Self.interruption(of: $0), undone: false)
      }
      try record([interrupted, .operationBegan(operation, launching: nil)].compactMap(\.self))
      return .began(operation)
    }
  }

  /// Has an operation ended and taken back.
  ///
  /// - Returns: nil when it will be, else why there is nothing to do.
  /// - Throws: `Problem` with `.notFound`, or `.conflict` when it is too late.
  public func cancel(_ id: Operation.Identifier) throws -> String? {
    guard let operation = inventory.operations[id] else {
      throw Problem(
        .notFound, subject: "operation \(id)", "there is no operation \"\(id)\"",
        hint: "see: covey operations list; old ones are forgotten")
    }
    switch operation.decideCancel() {
    case .refuse(let refusal): throw refusal.problem
    case .ignore(let reason): return reason
    case .proceed(let event):
      try record([event])
      return nil
    }
  }

  /// Whether a rule would refuse a request on the pools.
  func check(_ request: PoolRequest, on name: Name, home: String) throws {
    if case .refuse(let refusal) = request.decide(name, in: inventory, home: home, at: time.now()) {
      throw refusal.problem
    }
  }

  /// Decides a request on the pools and records the events that make it so.
  ///
  /// - `home`: the folder of the place that is always there.
  /// - Throws: `Problem`, when a rule refuses or the store cannot save. Then nothing has changed.
  public func request(_ request: PoolRequest, on name: Name, home: String) throws {
    switch request.decide(name, in: inventory, home: home, at: time.now()) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore: return
    case .proceed(let events): try record(events)
    }
  }

  /// Decides a request on a group and records the events that make it so.
  ///
  /// - Returns: nil when it was done, else why nothing had to change.
  /// - Throws: `Problem`, when a rule refuses or the store cannot save. Then nothing has changed.
  @discardableResult
  public func request(_ request: GroupRequest, on name: Name) throws -> String? {
    switch request.decide(name, in: inventory, at: time.now()) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore(let reason): return reason
    case .proceed(let events):
      try record(events)
      return nil
    }
  }

  /// The inventory as a request on a group would make it. Changes nothing.
  ///
  /// - Throws: `Problem`, when a rule refuses.
  public func preview(_ request: GroupRequest, on name: Name) throws -> Inventory {
    switch request.decide(name, in: inventory, at: time.now()) {
    case .refuse(let refusal): throw refusal.problem
    case .ignore: return inventory
    case .proceed(let events):
      var next = inventory
      for event in events {
        next.apply(LoggedEvent(revision: next.revision, at: time.now(), event: event))
      }
      return next
    }
  }

  /// The time by which rules decide.
  var now: Timestamp { time.now() }

  /// Forgets a version of a template that nothing needs, or all of them.
  ///
  /// - `version`: the beginning of its digest; nil is all.
  /// - Returns: the versions whose files may now be removed.
  /// - Throws: `Problem` with `.inUse` and the names of what stands on it.
  public func deleteTemplate(_ name: Name, version: String? = nil) throws -> [Template] {
    let versions = try requiring { () throws(Refusal) in
      guard let version else { return try inventory.deletableVersions(of: name) }
      return [try inventory.deletableVersion(version, of: name)]
    }
    try record(versions.map { .templateDeleted(digest: $0.digest, name: name) })
    return versions
  }

  /// What happened after a revision, oldest first.
  public func events(after revision: Int, limit: Int) throws -> [LoggedEvent] {
    try store.events(after: revision, limit: limit)
  }

  /// Plans that were not finished when an earlier daemon ended, and a stream of every new one.
  func operationsToPerform() -> (unfinished: [Operation], new: AsyncStream<Operation>) {
    let stream = begun.add(buffering: .unbounded)
    let unfinished = inventory.operations.values.filter { !$0.status.isOver }
    return (unfinished.sorted { $0.id < $1.id }, stream)
  }

  /// Each newer revision, the newest at least. Ends when the reader's task is cancelled.
  public nonisolated func revisionNews() -> AsyncStream<Int> {
    revisions.add(buffering: .bufferingNewest(1))
  }

  private func begin(_ verb: String, _ guest: Guest, _ plan: Plan) -> Operation {
    Operation(
      id: identifiers.operation(), verb: verb, guest: guest.name, group: guest.group, plan: plan,
      began: time.now())
  }

  private static func calling(off operation: Operation) -> Problem {
    Problem(
      .cancelled, subject: "guest \(operation.guest)",
      "guest \"\(operation.guest)\" is needed again, and is taken back before anything is started",
      hint: "nothing is left to do")
  }

  private static func interruption(of operation: Operation) -> Problem {
    Problem(
      .cancelled, subject: "guest \(operation.guest)",
      "\(operation.verb) of guest \"\(operation.guest)\" was interrupted by a forced delete",
      hint: "nothing is left to do")
  }
}

/// Runs a rule and turns its refusal into the problem that users read.
func requiring<Value>(_ rule: () throws(Refusal) -> Value) throws(Problem) -> Value {
  do throws(Refusal) { return try rule() } catch { throw error.problem }
}
