/// Something that happened; one item of `GET /v1/events`.
public struct EventView: Codable, Sendable, Hashable {
  public var revision: Int
  public var at: String
  /// The kind of event, such as `guestReady`; stable, for programs.
  public var kind: String
  /// The object it is about, such as `guest web-1`.
  public var subject: String
  public var group: String?
  /// In words.
  public var message: String

  public init(
    revision: Int, at: String, kind: String, subject: String, group: String?, message: String
  ) {
    self.revision = revision
    self.at = at
    self.kind = kind
    self.subject = subject
    self.group = group
    self.message = message
  }
}
