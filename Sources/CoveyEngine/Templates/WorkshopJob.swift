import Covey

extension Workshop {
  /// What a job does.
  public enum Work: Hashable, Sendable {
    case build(folder: String)
    case warm(WarmRequest)
    case takeImage(ImageRequest)
    /// Writes a template to a file, absolute path, that is not there.
    case export(Name, to: String)
    /// Reads an exported file; a guest in it gets the name that is given, or the one that it had.
    case importFile(String, name: Name?)
    case verifyBackups(folder: String, id: Int?)
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
    public var result: OperationResult?
    /// The guest that came in.
    public var guest: Name?
    /// How far the stage is, where it takes long.
    public var progress: WorkDone?
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
    case .takeImage, .importFile: "import"
    case .export: "export"
    case .verifyBackups: "verify"
    }
  }

  /// What it is about, as users read it.
  public var subject: String {
    switch work {
    case .build(let folder): template.map { "template \($0.name)" } ?? "folder \(folder)"
    case .warm(let request): "template \(request.template)"
    case .takeImage(let request): "template \(request.name)"
    case .export(let name, _): "template \(name)"
    case .verifyBackups(let folder, _): "backups \(folder)"
    case .importFile(let path, _):
      guest.map { "guest \($0)" } ?? template.map { "template \($0.name)" } ?? "file \(path)"
    }
  }
}
