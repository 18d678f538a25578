import ArgumentParser
import CoveyWire

/// `covey snapshot create`: keeps the state that a guest has now.
struct SnapshotCreate: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Keep the state that a guest has now.",
    discussion: """
      A guest that runs goes on running. The result says how consistent the state is:
        off          the guest was off, after a shutdown: nothing is missing
        crash        as after a power cut: what the guest had not flushed is missing
        file-system  its file systems were flushed and held still, which takes qemu-guest-agent in the guest
        memory       memory and disk of one moment, by --memory: the guest goes on from there

      Example:
        covey snapshot create one before-upgrade --note "last good one"
      """)

  @Argument(help: "The guest's name.") var guest: String
  @Argument(help: "The snapshot's name; the next of snap-1, snap-2, ... if not given.")
  var name: String?
  @Flag(help: "Also save the machine's memory, so that the guest can go on where it was.")
  var memory = false
  @Option(help: "One line for people.") var note: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let path = try ObjectPath.of(Routes.guests, guest, "snapshots")
    let body = SnapshotBody(name: name, note: note, memory: memory ? true : nil)
    let operation: OperationView = try await session.client.post(path, body)
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    let list: SnapshotListView = try await session.client.get(path)
    guard let taken = list.items.first(where: { $0.name == done.snapshot }) else {
      return try session.show(InfoView(done)) { OperationText.outcome(done) }
    }
    try session.show(InfoView(taken)) { SnapshotText.taken(taken, after: done) }
  }
}
