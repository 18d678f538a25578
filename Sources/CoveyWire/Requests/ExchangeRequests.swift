/// `POST /v1/guests/{name}/export` and `POST /v1/templates/{name}/export`.
public struct ExportBody: Codable, Sendable, Hashable {
  /// Absolute path of a file that is not there.
  public var path: String

  public init(path: String) { self.path = path }
}

/// `POST /v1/import`.
public struct ImportBody: Codable, Sendable, Hashable {
  /// Absolute path of a file that was exported.
  public var path: String
  /// What a guest in it shall be called; nil keeps its name.
  public var name: String?

  public init(path: String, name: String? = nil) {
    self.path = path
    self.name = name
  }
}

/// `POST /v1/guests/{name}/seal`.
public struct SealBody: Codable, Sendable, Hashable {
  public var template: String
  /// Nil seals what the disk holds now, which takes a guest that does not run.
  public var snapshot: String?

  public init(template: String, snapshot: String? = nil) {
    self.template = template
    self.snapshot = snapshot
  }
}

/// `POST /v1/templates/import`.
public struct ImageBody: Codable, Sendable, Hashable {
  public var name: String
  /// Absolute path of the image.
  public var path: String
  /// `raw`, `qcow2` or `vmdk`; nil has covey look.
  public var format: String?
  public var summary: String?
  public var cpus: Int?
  public var memory: String?
  /// `bios` (default) or `uefi`.
  public var firmware: String?
  /// Ports that a guest serves.
  public var ports: [Int]?
  /// `http`, `tcp` or `agent`: what shows that a guest serves; nil is `http` where there is a health port.
  public var healthKind: String?
  /// Where that is asked; nil counts a guest as ready once its machine runs, unless its agent is asked.
  public var healthPort: Int?
  public var healthPath: String?
  public var readyWithin: String?
  /// What cloud-init is told; nil gives the guests no disc for it.
  public var userData: String?
  public var networkConfig: String?

  public init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}
