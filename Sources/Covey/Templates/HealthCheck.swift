/// How covey learns that a guest serves: an HTTP GET that must answer with a status of 200 to 399.
public struct HealthCheck: Hashable, Sendable, Codable {
  /// The guest's own port number.
  public let port: Int
  /// Begins with a slash.
  public let path: String
  /// How long a guest may take from its start to its first answer.
  public let within: Duration

  public init(port: Int, path: String, within: Duration) {
    self.port = port
    self.path = path
    self.within = within
  }
}
