import Covey
import Logging

/// Builds templates one after another, each as a job whose progress can be followed.
///
/// A job is not saved: a build that is cut off leaves nothing behind and is simply asked for again.
public actor Workshop {
  /// One build, and how far it is.
  public struct Job: Hashable, Sendable {
    public let id: Operation.Identifier
    public let folder: String
    public let began: Timestamp
    public var stage = "waiting for its turn"
    public var ended: Timestamp?
    public var template: Template?
    public var problem: Problem?
    /// Counts up with every change of the job.
    public var revision = 0

    public var isOver: Bool { ended != nil }
  }

  static let jobsKept = 50

  private let ledger: Ledger
  private let shelf: any TemplateShelf
  private let time: any TimeSource
  private let identifiers: any Identifiers
  private let logger: Logger
  private let news = Subscribers<Operation.Identifier>()
  private let queue: AsyncStream<Operation.Identifier>
  private let enqueue: AsyncStream<Operation.Identifier>.Continuation
  private var jobs: [Operation.Identifier: Job] = [:]
  /// Called with each template that was sealed, before its job is over.
  private let onSealed: @Sendable (Template) async -> Void

  public init(
    ledger: Ledger, shelf: any TemplateShelf, time: any TimeSource, identifiers: any Identifiers,
    logger: Logger, onSealed: @escaping @Sendable (Template) async -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.shelf = shelf
    self.time = time
    self.identifiers = identifiers
    self.logger = logger
    self.onSealed = onSealed
    (queue, enqueue) = AsyncStream.makeStream()
  }

  /// Runs until its task is cancelled; a build under way is then cancelled too.
  public func run() async {
    for await id in queue { await build(id) }
  }

  /// Asks for a build; returns at once.
  public func request(folder: String) -> Job {
    let job = Job(id: identifiers.operation(), folder: folder, began: time.now())
    jobs[job.id] = job
    let over = jobs.values.filter(\.isOver).sorted { $0.id < $1.id }
    for old in over.prefix(max(0, over.count - Self.jobsKept)) { jobs[old.id] = nil }
    enqueue.yield(job.id)
    return job
  }

  public func job(_ id: Operation.Identifier) -> Job? { jobs[id] }

  /// Builds that are asked for, under way or lately over, in no order.
  public var allJobs: [Job] { Array(jobs.values) }

  /// Waits until the job is newer than a revision, or until the time is up.
  public func job(_ id: Operation.Identifier, newerThan revision: Int, within limit: Duration)
    async -> Job?
  {
    let changes = news.add(buffering: .bufferingNewest(1))
    guard let job = jobs[id], job.revision <= revision, !job.isOver else { return jobs[id] }
    await withTaskGroup { group in
      group.addTask { for await changed in changes where changed == id { return } }
      group.addTask { try? await self.time.sleep(for: limit) }  // cancelled or late: the wait ends
      await group.next()
      group.cancelAll()
    }
    return jobs[id]
  }

  private func build(_ id: Operation.Identifier) async {
    guard let job = jobs[id] else { return }
    let (stages, tell) = AsyncStream.makeStream(of: String.self)
    do {
      let template = try await withThrowingTaskGroup(of: Template?.self) { group in
        group.addTask { [shelf, time] in
          defer { tell.finish() }
          return try await shelf.build(folder: job.folder, at: time.now()) { tell.yield($0) }
        }
        group.addTask { [self] in
          for await stage in stages { await change(id) { $0.stage = stage } }
          return nil
        }
        var built: Template?
        for try await result in group { built = result ?? built }
        return built
      }
      guard let template else { throw CancellationError() }
      change(id) { $0.stage = "settling which accelerator works" }
      await onSealed(template)
      try await remember(template)
      change(id) { [now = time.now()] in
        ($0.stage, $0.template, $0.ended) = ("done", template, now)
      }
    } catch {
      let problem = Self.problem(error, job)
      logger.warning("template not built: \(problem)", metadata: ["folder": "\(job.folder)"])
      change(id) { [now = time.now()] in
        ($0.stage, $0.problem, $0.ended) = ("failed", problem, now)
      }
    }
  }

  /// The same content has the same digest: a template that is known already is not new.
  private func remember(_ template: Template) async throws {
    let newest = await ledger.inventory.template(template.name)
    guard newest?.digest != template.digest else { return }
    try await ledger.record([.templateSealed(template)])
  }

  private func change(_ id: Operation.Identifier, _ body: (inout Job) -> Void) {
    guard var job = jobs[id] else { return }
    body(&job)
    job.revision += 1
    jobs[id] = job
    news.publish(id)
  }

  private static func problem(_ error: any Error, _ job: Job) -> Problem {
    if let problem = error as? Problem { return problem }
    if let refusal = error as? Refusal { return refusal.problem }
    if error is CancellationError {
      return Problem(
        .cancelled, subject: job.folder, "building \(job.folder) was cut off",
        hint: "ask for it again")
    }
    return Problem(
      .internal, subject: job.folder, "building \(job.folder) failed: \(error)",
      hint: "see the daemon's log")
  }
}
