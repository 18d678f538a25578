import CoveyWire
import Foundation

/// Where a fork's time goes, from the daemon's own events.
enum ForkSteps {
  static let first = "the command, until the daemon begins"
  static let last = "the first page through the balancer"

  /// Each step from its beginning to the next event, with what comes before and after them. Pure.
  ///
  /// - Parameters:
  ///   - events: of the new guest, oldest first.
  ///   - called: when the command was called.
  ///   - answered: when its page had arrived. What began later is not part of the start.
  static func of(_ events: [EventView], from called: Date, to answered: Date) -> [Step] {
    let times = events.compactMap { event in
      Moment.date(event.at).map { (event: event, date: $0) }
    }
    .filter { $0.date <= answered }
    let begun = times.enumerated().filter { $0.element.event.kind == "stepBegan" }
    guard let start = times.first, let last = begun.last else { return [] }
    var steps = [step(first, called, start.date)]
    for (index, (event, date)) in begun {
      let end = index + 1 < times.count ? times[index + 1].date : answered
      steps.append(step(event.message, date, index == last.offset ? min(end, answered) : end))
    }
    let end = last.offset + 1 < times.count ? times[last.offset + 1].date : answered
    return steps + [step(self.last, end, answered)]
  }

  private static func step(_ name: String, _ start: Date, _ end: Date) -> Step {
    Step(name: name, milliseconds: max(0, end.timeIntervalSince(start) * 1000))
  }

  /// The samples of each step, in the order in which steps first come. Pure.
  static func series(of starts: [[Step]], kind: SideKind, template: String) -> [Series] {
    var names: [String] = []
    for step in starts.joined() where !names.contains(step.name) { names.append(step.name) }
    return names.map { name in
      Series(
        template: template, name: "\(kind.rawValue): \(name)", unit: "ms",
        samples: starts.joined().filter { $0.name == name }.map(\.milliseconds))
    }
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
