import CoveyWire
import Foundation
import Synchronization

/// Waits until a group's update is over.
struct RolloutWait: Sendable {
  let name: String
  /// Whether going back is what was asked for.
  let isRollback: Bool

  /// How an update stands. Pure.
  enum Standing: Sendable, Equatable {
    case reached
    case going(stage: String, steps: String?)
    case failed(why: String)
  }

  static func standing(of group: GroupView?, isRollback: Bool) -> Standing {
    guard let group else { return .failed(why: "it is gone") }
    // All its members were of the version already.
    guard let rollout = group.rollout else { return .reached }
    let why = rollout.reason ?? "it went wrong"
    switch rollout.phase {
    case "done": return .reached
    case "rolled-back":
      return isRollback ? .reached : .failed(why: "\(why); the old version serves again")
    case "failed": return .failed(why: why)
    default:
      let stage = rollout.phase + (rollout.paused ? ", paused" : "")
      let trouble = group.state.hasPrefix("fail") ? group.reason.map { ", \($0)" } ?? "" : ""
      return .going(stage: stage + trouble, steps: "\(rollout.replaced)/\(group.desired)")
    }
  }

  /// - Returns: the group as it was when the update was over.
  /// - Throws: `conflict` when it went wrong, `deadline` with the stage, `Interrupted`.
  func run(_ session: Session, by deadline: ContinuousClock.Instant) async throws -> GroupView {
    do {
      return try await ProgressBoard.run(in: session, deadline: deadline) { board in
        try await follow(session, by: deadline, on: board)
      }
    } catch is CancellationError {
      throw Interrupted(
        signal: SIGINT,
        note: "the update of group \(name) goes on in the daemon; "
          + "see: covey group update \(name) --status")
    }
  }

  private func follow(
    _ session: Session, by deadline: ContinuousClock.Instant, on board: ProgressBoard
  ) async throws -> GroupView {
    let seen = Mutex("waiting")
    return try await session.untilFound(by: deadline) {
      let list = try await session.client.get(Routes.groups, as: ListView<GroupView>.self)
      let group = list.items.first { $0.name == name }
      switch Self.standing(of: group, isRollback: isRollback) {
      case .reached: return (list.revision, group)
      case .failed(let why): throw failed(why)
      case .going(let stage, let steps):
        seen.withLock { $0 = stage }
        board.show(ProgressUpdate(title: "update of group \(name)", stage: stage, steps: steps))
        return (list.revision, nil)
      }
    } late: {
      ErrorView(
        code: "deadline",
        message:
          "the update of group \(name) is not done in time; it is at: \(seen.withLock { $0 })",
        subject: name,
        hint: "it goes on in the daemon; see: covey group update \(name) --status")
    }
  }

  private func failed(_ why: String) -> ErrorView {
    ErrorView(
      code: "conflict", message: "the update of group \(name) failed: \(why)", subject: name,
      hint: "see: covey group update \(name) --status, covey group watch \(name)")
  }
}
