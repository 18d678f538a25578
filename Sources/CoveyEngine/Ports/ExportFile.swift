import Covey

/// A file that a guest or a template is exported to.
///
/// Until it is whole it is a draft beside it, named after what is in it: two that are exported to one path have a draft each,
/// and only the first one gets the path.
public struct ExportFile: Hashable, Sendable {
  /// Absolute.
  public let path: String
  private let owner: String

  public init(_ path: String, of guest: Guest) {
    self.path = path
    owner = "guest-\(guest.name)"
  }

  public init(_ path: String, of template: Template) {
    self.path = path
    owner = "template-\(template.name)"
  }

  public var draft: String { "\(path).\(owner).partial" }

  /// Where a copy of the guest's disk may lie meanwhile.
  public var disk: String { "\(path).\(owner).disk.partial" }
}
