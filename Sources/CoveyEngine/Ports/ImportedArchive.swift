import Covey

/// What came out of an exported file.
public struct ImportedArchive: Hashable, Sendable {
  public let template: Template
  /// Digest of the whole, where it holds a guest.
  public let digest: String?

  public init(template: Template, digest: String? = nil) {
    self.template = template
    self.digest = digest
  }
}

/// A guest in an exported file.
public struct ImportedGuest: Hashable, Sendable {
  /// The name that it had.
  public let name: Name
  public let template: Template
  public let machine: MachineSize
  /// A file that holds what its disk has beyond its template's.
  public let disk: String

  public init(name: Name, template: Template, machine: MachineSize, disk: String) {
    self.name = name
    self.template = template
    self.machine = machine
    self.disk = disk
  }
}
