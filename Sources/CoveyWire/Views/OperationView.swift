/// Something that takes time, and how far it is.
public struct OperationView: Codable, Sendable, Hashable {
  public var id: String
  public var verb: String
  /// The object it is about, such as `guest web-1` or `template tiny-web`.
  public var subject: String
  /// `running`, `undoing`, `done` or `failed`; the last two are final.
  public var status: String
  /// What happens right now, in words.
  public var stage: String
  /// Steps done and steps in all; nil where they are not known.
  public var step: Int?
  public var steps: Int?
  public var began: String
  public var ended: String?
  /// Seconds since it began, or that it took.
  public var elapsed: Double
  /// What it failed with.
  public var error: ErrorView?
  /// Why the guest was booted and not forked, where a fork was wanted.
  public var setback: ErrorView?
  /// What it made beside the guest.
  public var result: ResultView?
  /// How far the step is that runs now, where it takes long.
  public var progress: ProgressView?
  /// The backup that it makes, by its number in its folder.
  public var backup: Int?
  /// The snapshot that it makes of the guest's state.
  public var snapshot: String?
  /// The inventory's revision when this was read; pass it as `after` to wait for news.
  public var revision: Int
  /// True when the request changed nothing, because the wish was already so; `stage` then says why.
  public var unchanged: Bool

  public init(
    id: String, verb: String, subject: String, status: String, stage: String, began: String,
    elapsed: Double, revision: Int, unchanged: Bool = false
  ) {
    self.id = id
    self.verb = verb
    self.subject = subject
    self.status = status
    self.stage = stage
    self.began = began
    self.elapsed = elapsed
    self.revision = revision
    self.unchanged = unchanged
  }

  public var isOver: Bool { status == "done" || status == "failed" }
}
