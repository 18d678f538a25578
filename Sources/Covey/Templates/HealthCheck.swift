/// How covey learns that a guest serves: an HTTP GET that must answer with a status of 200 to 399, or nothing at all.
public struct HealthCheck: Hashable, Sendable, Codable {
  /// A guest that nothing is asked of: it counts as ready once its machine runs.
  public static let none = HealthCheck(port: 0, path: "/", within: .seconds(60))

  /// Whether there is something to ask.
  public var isAsked: Bool { port != 0 }

  /// The guest's own port number; 0 where nothing is asked.
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
