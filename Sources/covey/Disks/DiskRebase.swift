import ArgumentParser
import CoveyWire

/// `covey disk rebase`: has a guest's disk stand on another version of its template.
struct DiskRebase: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "rebase",
    abstract: "Have a guest's disk stand on another version of its template.",
    discussion: """
      What the guest reads stays the same; the older version is then needed by one guest less. Where the template brings \
      a kernel, the guest boots the other version's from its next start. The guest must be stopped.

      Example:
        covey disk rebase one
        covey disk rebase one --version 14e64fb56691
      """)

  @Argument(help: "The guest's name.") var guest: String
  @Option(help: "The beginning of the version's digest; the newest version if not given.")
  var version: String?
  @OptionGroup var disk: DiskChoiceOption
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let operation: OperationView = try await session.client.post(
      ObjectPath.of(Routes.guests, guest, "disk/rebase"), RebaseBody(version: version))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { OperationText.outcome(done) }
  }
}

/// `covey disk flatten`: has a guest's disk hold all by itself.
struct DiskFlatten: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "flatten",
    abstract: "Have a guest's disk hold all by itself, and nothing of its template's.",
    discussion: """
      Takes as much room as the template's image has. A guest that runs and has snapshots must be stopped for it.

      Example:
        covey disk flatten one
      """)

  @Argument(help: "The guest's name.") var guest: String
  @OptionGroup var disk: DiskChoiceOption
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var common: CommonOptions

  func act(_ session: Session) async throws {
    let deadline = waiting.deadline
    let operation: OperationView = try await session.client.post(
      ObjectPath.of(Routes.guests, guest, "disk/flatten"))
    if waiting.noWait { return try session.showStarted(operation) }
    let done = try await session.finish(operation, by: deadline)
    try session.show(InfoView(done)) { OperationText.outcome(done) }
  }
}
