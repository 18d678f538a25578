/// Colour, where it may be shown.
struct Style: Sendable {
  /// Colours by their terminal codes.
  enum Colour: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  let isOn: Bool

  static let plain = Style(isOn: false)

  func paint(_ text: String, _ colour: Colour?) -> String {
    guard isOn, let colour, !text.isEmpty else { return text }
    return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
  }

  /// The colour of a guest's or group's state.
  func state(_ state: String) -> String { paint(state, Self.colour(ofState: state)) }

  static func colour(ofState state: String) -> Colour? {
    switch state {
    case "running", "serving", "steady": .green
    case "failed", "failing", "failed-launch", "held", "unknown": .red
    case "starting", "draining", "stopping", "growing", "shrinking", "deleting", "paused": .yellow
    case "stopped", "defined", "standby": .dim
    default: nil
    }
  }
}
