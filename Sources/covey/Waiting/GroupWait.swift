import CoveyWire
import Foundation
import Synchronization

/// Waits until a group is settled or gone.
struct GroupWait: Sendable {
  /// What is waited for.
  enum Goal: Sendable { case settled, gone }

  /// How far the group is from the goal.
  enum Standing: Sendable, Equatable {
    case reached
    case going(stage: String, steps: String?)
    case impossible(why: String)
    /// Its launches or its balancer fail; the daemon goes on trying.
    case failing(why: String)
  }

  let name: String
  let title: String
  let goal: Goal
  /// The command that ends the daemon's attempts, where there is one that fits.
  var giveUp: String?

  /// How a group stands towards the goal; nil for a group that does not exist. Pure.
  static func standing(of group: GroupView?, towards goal: Goal) -> Standing {
    guard let group else {
      return goal == .gone ? .reached : .impossible(why: "it is gone")
    }
    if goal == .gone {
      return .going(stage: "\(Units.count(group.size, "guest")) left", steps: nil)
    }
    if group.state == "deleting" { return .impossible(why: "it is being deleted") }
    if group.settled { return .reached }
    if group.state == "failing" || group.state == "failed-launch" {
      return .failing(why: group.reason ?? "its members fail to start")
    }
    let stage = "\(group.serving) of \(group.desired) serving, \(Units.count(group.size, "guest"))"
    return .going(stage: stage, steps: nil)
  }

  /// - Returns: the group as it was when the goal was reached; nil when it is gone.
  /// - Throws: `conflict` when it cannot be reached, `deadline` with the stage, `Interrupted`.
  func run(_ session: Session, by deadline: ContinuousClock.Instant) async throws -> GroupView? {
    do {
      return try await ProgressBoard.run(in: session, deadline: deadline) { board in
        try await follow(session, by: deadline, on: board)
      }
    } catch is CancellationError {
      throw Interrupted(
        signal: SIGINT,
        note: "\(title) goes on in the daemon; see: covey group watch \(name)")
    }
  }

  private func follow(
    _ session: Session, by deadline: ContinuousClock.Instant, on board: ProgressBoard
  ) async throws -> GroupView? {
    let stage = Mutex("waiting")
    let found: [GroupView] = try await session.untilFound(by: deadline) {
      let list = try await session.client.get(Routes.groups, as: ListView<GroupView>.self)
      let group = list.items.first { $0.name == name }
      switch Self.standing(of: group, towards: goal) {
      case .reached: return (list.revision, group.map { [$0] } ?? [])
      case .impossible(let why):
        throw impossible(why, "see: covey group explain \(name), covey list --group \(name)")
      case .failing(let why): throw impossible(why, failingHint)
      case .going(let now, let steps):
        stage.withLock { $0 = now }
        board.show(ProgressUpdate(title: title, stage: now, steps: steps))
        return (list.revision, nil)
      }
    } late: {
      late(stage.withLock { $0 })
    }
    return found.first
  }

  private func impossible(_ why: String, _ hint: String) -> ErrorView {
    ErrorView(
      code: "conflict", message: "group \(name) does not settle: \(why)", subject: name, hint: hint)
  }

  private var failingHint: String {
    let look = "covey group info \(name), covey group explain \(name)"
    guard let giveUp else { return "see: \(look)" }
    return "the daemon goes on trying; look with: \(look); give up with: \(giveUp)"
  }

  private func late(_ stage: String) -> ErrorView {
    ErrorView(
      code: "deadline", message: "\(title) is not done in time; it is at: \(stage)",
      subject: name, hint: "it goes on in the daemon; see: covey group watch \(name)")
  }
}
