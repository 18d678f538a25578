import CoveyWire
import Foundation
import Testing

extension Daemon {
  /// Looks again after each event until it is so. The deadline only bounds a hang.
  ///
  /// Changes that leave no event, such as a new measurement, are seen a second later.
  func eventually(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ holds: () async throws -> Bool
  ) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while true {
      let seen: ListView<GuestView> = try await client.get(Routes.guests)
      if try await holds() { return }
      if ContinuousClock.now > deadline {
        let groups: ListView<GroupView> = try await client.get(Routes.groups)
        Issue.record(
          "still not so: \(what); guests: \(seen.items); groups: \(groups.items)",
          sourceLocation: sourceLocation)
        throw Unexpected("gave up waiting until \(what)")
      }
      let query = ["after": "\(seen.revision)", "wait": "1", "limit": "1"]
      _ = try await client.get(Routes.events, query, as: ListView<EventView>.self)
    }
  }

  /// Waits until the group has this many serving members and no other guest.
  func settles(
    _ name: String, at size: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await eventually("group \(name) has \(size) serving", sourceLocation: sourceLocation) {
      let group = try await group(name)
      return group.size == size && group.serving == size && group.desired == size
    }
  }
}
