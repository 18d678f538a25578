import CoveyWire
import Foundation
import Synchronization

/// Waits until a guest is in a state that was asked for.
struct GuestWait: Sendable {
  /// How far the guest is from the goals.
  enum Standing: Sendable, Equatable {
    case reached
    case going(stage: String)
    case impossible(why: String, code: String)
  }

  /// States that a wait without `--for` ends in.
  static let restingStates: Set<String> = ["running", "serving", "stopped", "failed"]
  static let states: Set<String> = [
    "defined", "starting", "running", "serving", "draining", "standby", "held", "stopping",
    "stopped", "failed", "unknown", "gone",
  ]

  let name: String
  /// Empty means: any state of rest.
  let goals: Set<String>

  /// How a guest stands towards the goals; nil for a guest that does not exist. Pure.
  ///
  /// A serving guest runs, so it also reaches `running`.
  static func standing(of guest: GuestView?, towards goals: Set<String>) -> Standing {
    guard let guest else {
      return goals.contains("gone")
        ? .reached : .impossible(why: "there is no such guest", code: "not-found")
    }
    let isBusy = guest.operation != nil
    let stage = guest.operation.map { "\(guest.state), \($0) is under way" } ?? guest.state
    if goals.isEmpty {
      guard !isBusy, restingStates.contains(guest.state) else { return .going(stage: stage) }
      return guest.state == "failed" ? failed(guest) : .reached
    }
    if goals.contains(guest.state) { return .reached }
    if goals.contains("running"), guest.state == "serving" { return .reached }
    return guest.state == "failed" && !isBusy ? failed(guest) : .going(stage: stage)
  }

  private static func failed(_ guest: GuestView) -> Standing {
    .impossible(why: guest.reason ?? "it failed", code: "conflict")
  }

  /// - Returns: the guest as it was when a goal was reached; nil when it is gone.
  func run(_ session: Session, by deadline: ContinuousClock.Instant) async throws -> GuestView? {
    try await ProgressBoard.run(in: session, deadline: deadline) { board in
      let seen = Mutex("waiting")
      let found: [GuestView] = try await session.untilFound(by: deadline) {
        let list = try await session.client.get(Routes.guests, as: ListView<GuestView>.self)
        let guest = list.items.first { $0.name == name }
        switch Self.standing(of: guest, towards: goals) {
        case .reached: return (list.revision, guest.map { [$0] } ?? [])
        case .impossible(let why, let code): throw impossible(why, code)
        case .going(let stage):
          seen.withLock { $0 = stage }
          board.show(ProgressUpdate(title: "guest \(name)", stage: stage))
          return (list.revision, nil)
        }
      } late: {
        late(seen.withLock { $0 })
      }
      return found.first
    }
  }

  private func impossible(_ why: String, _ code: String) -> ErrorView {
    ErrorView(
      code: code, message: "guest \(name): \(why)", subject: name,
      hint: code == "not-found" ? "see: covey list" : "see: covey logs \(name)")
  }

  private func late(_ stage: String) -> ErrorView {
    let wanted = goals.isEmpty ? "at rest" : goals.sorted().joined(separator: " or ")
    return ErrorView(
      code: "deadline", message: "guest \(name) is not \(wanted) in time; it is: \(stage)",
      subject: name, hint: "see: covey info \(name), covey logs \(name)")
  }
}
