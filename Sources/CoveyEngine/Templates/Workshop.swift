import Covey
import Logging

/// Builds templates and makes them warm, one after another, each as a job whose progress can be followed.
///
/// A job is not saved: one that is cut off leaves nothing behind and is simply asked for again.
public actor Workshop {
  /// What became of a wish to make a template warm.
  public enum Outcome: Sendable {
    case began(Job)
    /// It is so already; why, in words.
    case unchanged(String)
  }

  static let jobsKept = 50

  let ledger: Ledger
  let ports: Ports
  let guests: GuestRequests
  let identifiers: any Identifiers
  let logger: Logger
  private let news = Subscribers<Operation.Identifier>()
  private let queue: AsyncStream<Operation.Identifier>
  private let enqueue: AsyncStream<Operation.Identifier>.Continuation
  private var jobs: [Operation.Identifier: Job] = [:]
  /// Sets whose replacement was asked for: it is asked for once, whatever becomes of it.
  var replaced: Set<String> = []
  /// Machines whose forks kept failing although their set was whole: a new set once, and then no more.
  var givenUp: Set<WarmRequest> = []
  /// Called with each template that was sealed, before its job is over.
  private let onSealed: @Sendable (Template) async -> Void

  /// - `guests`: what it knows of this host's addresses and ports.
  public init(
    ledger: Ledger, ports: Ports, guests: GuestRequests, identifiers: any Identifiers,
    logger: Logger, onSealed: @escaping @Sendable (Template) async -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.ports = ports
    self.guests = guests
    self.identifiers = identifiers
    self.logger = logger
    self.onSealed = onSealed
    (queue, enqueue) = AsyncStream.makeStream()
  }

  /// Runs until its task is cancelled; work under way is then cancelled too.
  public func run() async {
    await removeSuperseded()
    await ports.warmth.sweep(besides: Set(ledger.inventory.warmSets.keys))
    await checkWarmSets()
    await withDiscardingTaskGroup { group in
      group.addTask { [self] in for await id in queue { await carryOut(id) } }
      group.addTask { [self] in
        await replaceRefused()
        for await _ in ledger.revisionNews() { await replaceRefused() }
      }
    }
  }

  /// Asks for a build; returns at once.
  public func build(folder: String) -> Job { add(.build(folder: folder)) }

  /// Forgets a version of a template, or all of them, and removes their files.
  ///
  /// - `version`: the beginning of its digest; nil is all.
  /// - Throws: `Problem` with `.inUse` and the names of what stands on it.
  public func delete(_ name: Name, version: String? = nil) async throws {
    let sets = await ledger.inventory.warmSets(of: name)
    let versions = try await ledger.deleteTemplate(name, version: version)
    for version in versions {
      try await ports.shelf.remove(version)
      for set in sets where set.templateDigest == version.digest {
        try await ports.warmth.remove(set)
      }
    }
  }

  public func job(_ id: Operation.Identifier) -> Job? { jobs[id] }

  /// Work that is asked for, under way or lately over, in no order.
  public var allJobs: [Job] { Array(jobs.values) }

  /// Waits until the job is newer than a revision, or until the time is up.
  public func job(_ id: Operation.Identifier, newerThan revision: Int, within limit: Duration)
    async -> Job?
  {
    let changes = news.add(buffering: .bufferingNewest(1))
    guard let job = jobs[id], job.revision <= revision, !job.isOver else { return jobs[id] }
    await withTaskGroup { group in
      group.addTask { for await changed in changes where changed == id { return } }
      group.addTask { [time = ports.time] in
        try? await time.sleep(for: limit)  // cancelled or late: the wait ends
      }
      await group.next()
      group.cancelAll()
    }
    return jobs[id]
  }

  func add(_ work: Work) -> Job {
    let job = Job(id: identifiers.operation(), work: work, began: ports.time.now())
    jobs[job.id] = job
    let over = jobs.values.filter(\.isOver).sorted { $0.id < $1.id }
    for old in over.prefix(max(0, over.count - Self.jobsKept)) { jobs[old.id] = nil }
    enqueue.yield(job.id)
    return job
  }

  private func carryOut(_ id: Operation.Identifier) async {
    guard let job = jobs[id] else { return }
    do {
      switch job.work {
      case .build(let folder):
        let template = try await build(folder, job: id)
        finish(id) { $0.template = template }
      case .warm(let request):
        let set = try await warm(request, job: id)
        finish(id) { $0.warmSet = set }
      case .takeImage(let request):
        let template = try await takeImage(request, job: id)
        finish(id) { $0.template = template }
      case .export(let name, let path):
        let result = try await export(name, to: path, job: id)
        finish(id) { $0.result = result }
      case .importFile(let path, let name): try await importFile(path, name, job: id)
      case .verifyBackups(let folder, let backup):
        let result = try await verifyBackups(in: folder, backup, job: id)
        finish(id) { $0.result = result }
      }
    } catch {
      let problem = Self.problem(error, job)
      logger.warning("not done: \(problem)", metadata: ["job": "\(job.subject)"])
      change(id) { [now = ports.time.now()] in
        ($0.stage, $0.problem, $0.ended) = ("failed", problem, now)
      }
    }
  }

  private func build(_ folder: String, job id: Operation.Identifier) async throws -> Template {
    let (shelf, time) = (ports.shelf, ports.time)
    let template = try await telling(id) { tell in
      try await shelf.build(folder: folder, at: time.now(), report: tell)
    }
    change(id) { $0.stage = "settling which accelerator works" }
    await onSealed(template)
    try await keep(template)
    return template
  }

  /// The same content has the same digest: a template that is known already is not new.
  func keep(_ template: Template) async throws {
    guard await ledger.inventory.template(template.name)?.digest != template.digest else { return }
    let warm = await ledger.inventory.warmSets(of: template.name)
    try await ledger.record([.templateSealed(template)])
    await keepWarm(warm)
  }

  func attempting(_ body: () async throws -> Void) async {
    do { try await body() } catch { logger.warning("\(error)") }
  }

  /// Runs a body whose stages become the job's, in order.
  func telling<Value: Sendable>(
    _ id: Operation.Identifier,
    _ body: @escaping @Sendable (@escaping @Sendable (String) -> Void) async throws -> Value
  ) async throws -> Value {
    let (stages, tell) = AsyncStream.makeStream(of: String.self)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        defer { tell.finish() }
        return try await body { tell.yield($0) }
      }
      group.addTask { [self] in
        for await stage in stages { await change(id) { $0.stage = stage } }
        return nil
      }
      var made: Value?
      for try await result in group { made = result ?? made }
      guard let made else { throw CancellationError() }
      return made
    }
  }

  func finish(_ id: Operation.Identifier, _ body: (inout Job) -> Void) {
    change(id) { [now = ports.time.now()] in
      ($0.stage, $0.ended, $0.progress) = ("done", now, nil)
      body(&$0)
    }
  }

  func change(_ id: Operation.Identifier, _ body: (inout Job) -> Void) {
    guard var job = jobs[id] else { return }
    body(&job)
    job.revision += 1
    jobs[id] = job
    news.publish(id)
  }

  private static func problem(_ error: any Error, _ job: Job) -> Problem {
    if let problem = error as? Problem { return problem }
    if let refusal = error as? Refusal { return refusal.problem }
    let verb =
      job.verb == "build" ? "building" : job.verb == "warm" ? "warming" : "the \(job.verb) of"
    if error is CancellationError {
      return Problem(
        .cancelled, subject: job.subject, "\(verb) \(job.subject) was cut off",
        hint: "ask for it again")
    }
    return Problem(
      .internal, subject: job.subject, "\(verb) \(job.subject) failed: \(error)",
      hint: "see the daemon's log")
  }
}
