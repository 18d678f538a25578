/// The image that a disk is being copied or merged into, read from a live `<mirror>`.
public struct DiskMirror: Sendable, Hashable {
  /// The whole element.
  public let element: Element

  public init(element: Element) { self.element = element }

  /// What fills the image.
  public enum Job: Sendable, Hashable {
    case copy
    case activeCommit
    /// Another one.
    case other(String)
  }

  /// The image file; nil for other types.
  public var file: String? { element["source"]?[attribute: "file"] }

  /// The image's format.
  public var format: String? { element["format"]?[attribute: "type"] }

  public var job: Job {
    switch element[attribute: "job"] ?? "copy" {
    case "copy": return .copy
    case "active-commit": return .activeCommit
    case let job: return .other(job)
    }
  }

  /// Whether the image has everything and follows the guest's writes, so that the guest can be
  /// moved to it. False again as soon as the job is being ended.
  public var isReady: Bool { element[attribute: "ready"] == "yes" }
}
