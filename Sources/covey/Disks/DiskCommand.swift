import ArgumentParser

/// `covey disk`: the files that guests write to.
struct DiskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disk", abstract: "Disks: the files that guests write to.",
    discussion: """
      Example:
        covey disk move one --to fast
      """,
    subcommands: [
      DiskList.self, DiskInfo.self, DiskMove.self, DiskResize.self, DiskRebase.self,
      DiskFlatten.self,
    ])
}

/// The disk of a guest that a verb is about; guests have one.
struct DiskChoiceOption: ParsableArguments, Sendable {
  @Option(help: "The disk, as the guest calls it.") var disk = "vda"

  func validate() throws {
    guard disk == "vda" else {
      throw ValidationError("guests have one disk, vda; there is no disk \"\(disk)\"")
    }
  }
}
