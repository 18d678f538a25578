import ArgumentParser
import CoveyWire

/// `covey disk resize`: gives a guest a larger disk.
struct DiskResize: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "resize", abstract: "Give a guest a larger disk, also while it runs.",
    discussion: """
      A disk never shrinks. Snapshots keep the size that they had. A guest of a template with an identity makes its file
      system as large as the disk, at once or at its next start; others are left to do it themselves.

      Example:
        covey disk resize one 20GiB
      """)

  @Argument(help: "The guest's name.") var guest: String
  @Argument(help: "The new size, such as 20GiB.") var size: String
  @OptionGroup var disk: DiskChoiceOption
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let operation: OperationView = try await session.client.post(
      ObjectPath.of(Routes.guests, guest, "disk/resize"), ResizeBody(size: size))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) {
      OperationText.outcome(done) + (done.result?.remark.map { "\($0)\n" } ?? "")
    }
  }
}
