import Covey

/// A moment at which a daemon may be killed: every step of every plan has one before it and one after it, before what it did is
/// recorded. Tests go through all of them.
public struct FaultPoint: Hashable, Sendable, CustomStringConvertible {
  public enum Moment: String, Hashable, Sendable, CaseIterable { case before, after }

  /// The operation's verb; `undo-VERB` while it is taken back.
  public let verb: String
  /// The step's place in the plan, from 0.
  public let step: Int
  public let moment: Moment

  public init(verb: String, step: Int, moment: Moment) {
    self.verb = verb
    self.step = step
    self.moment = moment
  }

  /// Reads `VERB/STEP/MOMENT`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/")
    guard parts.count == 3, let step = Int(parts[1]),
      let moment = Moment(rawValue: String(parts[2]))
    else { return nil }
    self.init(verb: String(parts[0]), step: step, moment: moment)
  }

  public var description: String { "\(verb)/\(step)/\(moment.rawValue)" }

  /// Every point of a plan that goes forward to its end.
  public static func all(of operation: Operation) -> [FaultPoint] {
    operation.steps.indices.flatMap { step in
      Moment.allCases.map { FaultPoint(verb: operation.verb, step: step, moment: $0) }
    }
  }
}
