import ArgumentParser
import CoveyWire
import Foundation

/// `covey operations cancel`: ends an operation and takes back what it did.
struct OperationCancel: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "End an operation and take back what it did.",
    discussion: """
      Launches, snapshots, exports and moves can be cancelled until they have changed something for good; the guest is \
      then as it was before. While a snapshot saves the machine's memory it cannot.

      Example:
        covey operations cancel 01hx7k2m
      """)

  @Argument(help: "The operation's identifier.") var id: String
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = OperationInfo.path(of: id) + "/cancel"
    let operation: OperationView = try await session.client.post(path)
    if waiting.noWait { return try session.showStarted(operation) }
    do {
      let done = operation.unchanged ? operation : try await session.finish(operation, by: deadline)
      try session.show(InfoView(done)) { OperationText.outcome(done) }
    } catch let error as ErrorView where error.code == "cancelled" {
      let after: OperationView = try await session.client.get(OperationInfo.path(of: id))
      try session.show(InfoView(after)) { "\(after.verb) of \(after.subject): cancelled\n" }
    }
  }
}
