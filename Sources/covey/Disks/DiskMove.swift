import ArgumentParser
import CoveyWire

/// `covey disk move`: brings a guest's disk to other storage.
struct DiskMove: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Bring a guest's disk to other storage while the guest runs.",
    discussion: """
      All snapshots come along. What nobody writes to is copied and the copies are checked; what the guest writes to is \
      mirrored until both are the same; then the guest turns to the copy, and what it had is removed. Until then \
      "covey operations cancel" leaves the guest where it was.

      Example:
        covey disk move one --to fast --rate 100MiB
      """)

  @Argument(help: "The guest's name.") var guest: String
  @Option(help: "A pool's name, or a folder's absolute path.") var to: String
  @Option(help: "MiB a second at most; or an amount such as 500KiB with its unit.")
  var rate: RateArgument?
  @Flag(help: "Only say what would be copied, and how long it would take.") var dryRun = false
  @OptionGroup var disk: DiskChoiceOption
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.guests, guest, "disk/move")
    let body = MoveBody(to: to, rate: rate?.wire, dryRun: dryRun ? true : nil)
    if dryRun {
      let move: MoveView = try await session.client.post(path, body)
      return try session.show(move) { DiskText.plan(move) }
    }
    let operation: OperationView = try await session.client.post(path, body)
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) {
      OperationText.outcome(done) + (done.result?.remark.map { "\($0)\n" } ?? "")
    }
  }
}
