/// How covey learns that a guest serves.
public struct HealthCheck: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// A GET that must answer with a status of 200 to 399.
    case http
    /// A connection that must come to be.
    case tcp
    /// qemu-guest-agent in the guest, which must answer; nothing is asked over the network.
    case agent
  }

  /// A guest that nothing is asked of: it counts as ready once its machine runs.
  public static let none = HealthCheck(port: 0, path: "/", within: .seconds(60))

  /// Whether there is something to ask.
  public var isAsked: Bool { port != 0 || kind == .agent }

  public let kind: Kind
  /// The guest's own port number; 0 where none is asked.
  public let port: Int
  /// Begins with a slash; only for `http`.
  public let path: String
  /// How long a guest may take from its start to its first answer.
  public let within: Duration

  public init(kind: Kind = .http, port: Int, path: String = "/", within: Duration) {
    self.kind = kind
    self.port = port
    self.path = path
    self.within = within
  }

  /// The same check with another deadline.
  public func within(_ span: Duration) -> HealthCheck {
    HealthCheck(kind: kind, port: port, path: path, within: span)
  }
}

extension HealthCheck {
  private enum Field: String, CodingKey { case kind, port, path, within }

  /// Records from before there were kinds ask by HTTP.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    kind = try fields.decodeIfPresent(Kind.self, forKey: .kind) ?? .http
    port = try fields.decode(Int.self, forKey: .port)
    path = try fields.decode(String.self, forKey: .path)
    within = try fields.decode(Duration.self, forKey: .within)
  }
}
