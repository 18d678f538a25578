import Covey

/// What the engine asks of the one who hears the first request of a group that sleeps: it holds the request, calls, and
/// passes it on once a member serves.
public protocol Activator: Sendable {
  /// The Unix socket at which a group's requests are held: an absolute path.
  func path(of group: Name) -> String
  /// Makes sure that just these groups have a door, and that what waits there goes where the door says.
  ///
  /// May be repeated. A group that has no door any more has its socket removed, and whoever waits there is turned away.
  ///
  /// - Throws: `Problem` with `.unavailable` when a socket cannot be made; the other doors are as they should be.
  func keep(_ doors: [Name: Door]) async throws
  /// The groups at whose doors somebody waits in vain, each once a second at most. Ends with the reader's task.
  func knocks() async -> AsyncStream<Name>
  /// Nil for a group without a door.
  func wakes(of group: Name) async -> WakeStatistics?
  /// Turns away whoever waits, lets what is under way end within a few seconds, and removes the sockets.
  func end() async
}

/// What went through a group's door since the daemon started.
public struct WakeStatistics: Hashable, Sendable {
  /// Connections that wait now.
  public var held = 0
  /// Connections that are being passed now, by member.
  public var passing: [Name: Int] = [:]
  /// Connections that got an answer, by member.
  public var served: [Name: Int] = [:]
  /// Connections that were turned away or broke off before an answer.
  public var lost = 0
  /// Connections whose client left before its turn.
  public var left = 0
  public var longestWait: Duration = .zero

  public init() {}

  /// Whether nobody waits and nothing is under way.
  public var isQuiet: Bool { held == 0 && passing.isEmpty }
}
