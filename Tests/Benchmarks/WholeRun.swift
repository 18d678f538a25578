import Foundation
import Subprocess

/// The outer part of a run: starts the two inner ones, and leaves nothing behind.
struct WholeRun: Sendable {
  /// What `bench-packages.txt` and `debian-packages.txt` bring.
  private static let programs = [
    "unshare", "tini", "mount", "ip", "libvirtd", "virsh", "virt-clone", "podman", "runc",
    "haproxy",
    "qemu-img", "debugfs", "tar", "wrk", "hey", "keepalived", "nsenter",
  ]

  let plan: BenchPlan
  let limit: Duration
  /// The process around the stage that runs.
  private let shell = Kept<Int32?>(nil)
  private let interrupted = Kept(false)

  init(plan: BenchPlan, limit: Duration) { (self.plan, self.limit) = (plan, limit) }

  /// - Parameter output: the folder of the report.
  func run(output: String) async throws {
    try check()
    // Once, for a build in the meantime would make it a path of a deleted file.
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let place = try Place.make()
    // Once for all stages: signals do not reach a second set of sources (Dispatch on Linux).
    let sources = Interruption.listen { _ in
      interrupted.value = true
      if let id = shell.value { Enclosure.interrupt(below: id) }
    }
    defer { for source in sources { source.cancel() } }
    do {
      try place.makeFolders()
      try await Deadline.limit(limit, "the measuring does not end") {
        for (stage, isPrivate) in [(BenchCommand.Stage.prepare, false), (.measure, true)] {
          try await inside(stage, of: own, place, privateNetwork: isPrivate)
          if interrupted.value { throw Interrupted() }
        }
      }
      let failures = try Report.write(from: place.findings, into: output)
      guard failures.isEmpty else { throw Trouble(failures.joined(separator: "; ")) }
    } catch {
      try await remove(place)
      throw error
    }
    try await remove(place)
  }

  private func remove(_ place: Place) async throws {
    try await Enclosure.removeControlGroups(of: place)
    try place.remove()
  }

  private func check() throws {
    guard geteuid() == 0 else {
      throw Trouble("namespaces and podman's bridge need root: sudo make bench")
    }
    let missing = Self.programs.filter { Tool.path(of: $0) == nil }
    guard missing.isEmpty else {
      throw Trouble(
        "these programs are missing: \(missing.joined(separator: ", ")); "
          + "install them with: .ci/install-packages bench-packages.txt")
    }
  }

  /// Runs a stage in an enclosure. When it has ended, so has everything that it started.
  private func inside(
    _ stage: BenchCommand.Stage, of own: String, _ place: Place, privateNetwork: Bool
  ) async throws {
    let words =
      Enclosure.words(privateNetwork: privateNetwork) + [own]
      + CommandLine.arguments.dropFirst()
      + ["--stage", stage.rawValue, "--place", place.folder]
    var options = PlatformOptions()
    // Ctrl-C comes here alone, and is passed on once.
    options.processGroupID = 0
    let result = try await Subprocess.run(
      .name(words[0]), arguments: .init(Array(words.dropFirst())), platformOptions: options,
      input: .none,
      output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
      error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
    ) { started in
      shell.value = started.processIdentifier.value
    }
    guard result.terminationStatus.isSuccess else {
      if interrupted.value { throw Interrupted() }
      throw Trouble("the stage \(stage.rawValue) failed")
    }
  }
}
