import CoveyWire

/// Follows a group: its view, its events since the start, its latest verdict.
struct GroupFollower: Sendable {
  private let name: String
  private let session: Session
  private var revision: Int
  private(set) var frame: WatchFrame
  /// Events of the group since the start.
  private(set) var eventCount = 0

  /// - Throws: `not-found` and whatever else the first look meets.
  init(name: String, session: Session) async throws {
    self.name = name
    self.session = session
    let list: ListView<GroupView> = try await session.client.get(Routes.groups)
    revision = list.revision
    let group: InfoView<GroupView> = try await session.client.get("\(Routes.groups)/\(name)")
    frame = WatchFrame(group: group.item)
  }

  /// Reads everything anew.
  ///
  /// - Returns: the group's events since the last look, oldest first.
  mutating func look() async throws -> [EventView] {
    let client = session.client
    let path = "\(Routes.groups)/\(name)"
    let query = ["after": "\(revision)", "limit": "200"]
    let events: ListView<EventView> = try await client.get(Routes.events, query)
    let rounds: ListView<RoundView> = try await client.get("\(path)/rounds", ["limit": "1"])
    frame.group = try await client.get(path, as: InfoView<GroupView>.self).item
    frame.verdict = rounds.items.first
    revision = events.items.map(\.revision).max() ?? revision
    let ours = events.items.filter { $0.group == name || $0.subject == "group \(name)" }
      .sorted { $0.revision < $1.revision }
    frame.events = (frame.events + ours).suffix(50)
    eventCount += ours.count
    return ours
  }

  /// Waits until the next look is due: a second, for figures change without an event.
  func rest() async throws { try await Task.sleep(for: .seconds(1)) }
}
