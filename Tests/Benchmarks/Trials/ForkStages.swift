import CoveyWire
import Foundation

/// Where a fork's time goes, from the daemon's own events.
enum ForkStages {
  struct Stage: Hashable, Sendable {
    let stage: String
    var milliseconds: [Double]
  }

  /// The steps of all forks of a group's members, in the order in which they come.
  static func read(group: String, from daemon: CoveyDaemon, after revision: Int) async throws
    -> [Stage]
  {
    guard (try? await daemon.group(group)) != nil else { return [] }
    return of(try await daemon.events(of: "\(group)-2", after: revision))
  }

  /// Pure: the time from each step's beginning to the next event of the same guest.
  static func of(_ events: [EventView]) -> [Stage] {
    var stages: [Stage] = []
    for (event, next) in zip(events, events.dropFirst()) where event.kind == "stepBegan" {
      guard let span = Moment.seconds(from: event.at, to: next.at) else { continue }
      if let index = stages.firstIndex(where: { $0.stage == event.message }) {
        stages[index].milliseconds.append(span * 1000)
      } else {
        stages.append(Stage(stage: event.message, milliseconds: [span * 1000]))
      }
    }
    return stages
  }
}

/// The API's times: RFC 3339, UTC, with milliseconds.
enum Moment {
  static func date(_ text: String) -> Date? {
    try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
  }

  /// Nil when either is missing or unreadable.
  static func seconds(from start: String?, to end: String?) -> Double? {
    guard let start = start.flatMap(date), let end = end.flatMap(date) else { return nil }
    return end.timeIntervalSince(start)
  }
}
