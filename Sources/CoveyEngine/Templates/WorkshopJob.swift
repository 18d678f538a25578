import Covey

extension Workshop {
  /// What a job does.
  public enum Work: Hashable, Sendable {
    case build(folder: String)
    case warm(WarmRequest)
  }

  /// One piece of work, and how far it is.
  public struct Job: Hashable, Sendable {
    public let id: Operation.Identifier
    public let work: Work
    public let began: Timestamp
    public var stage = "waiting for its turn"
    public var ended: Timestamp?
    /// What was built.
    public var template: Template?
    /// What was made warm.
    public var warmSet: WarmSet?
    public var problem: Problem?
    /// Counts up with every change of the job.
    public var revision = 0

    public var isOver: Bool { ended != nil }
  }
}

extension Workshop.Job {
  public var verb: String {
    switch work {
    case .build: "build"
    case .warm: "warm"
    }
  }

  /// What it is about, as users read it.
  public var subject: String {
    switch work {
    case .build(let folder): template.map { "template \($0.name)" } ?? "folder \(folder)"
    case .warm(let request): "template \(request.template)"
    }
  }
}
