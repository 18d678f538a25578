import CoveyWire
import Foundation
import Subprocess

/// The demo's own daemon, alive for as long as the story runs.
struct DemoDaemon: Sendable {
  let tools: DemoTools
  let place: DemoPlace

  /// Starts the daemon, runs the story when it answers, tidies up and stops the daemon, in every case.
  ///
  /// The daemon is in a process group of its own, so that Ctrl-C reaches only the demo, which then tidies up.
  func run<Found: Sendable>(
    _ screen: Screen, story: @escaping @Sendable () async throws -> Found,
    tidy: @escaping @Sendable () async -> Void
  ) async throws -> Found {
    screen.out("$ export COVEY_SOCKET=\(place.socket)\n")
    screen.out("$ coveyd --state \(place.folder) --socket \(place.socket) 2>\(place.log) &\n")
    let descriptor = open(place.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    var options = PlatformOptions()
    options.processGroupID = 0
    let result = try await Subprocess.run(
      .path(.init(tools.coveyd)),
      arguments: ["--state", place.folder, "--socket", place.socket], platformOptions: options,
      input: .none,
      output: .fileDescriptor(.init(rawValue: descriptor), closeAfterSpawningProcess: true),
      error: .combinedWithOutput
    ) { daemon in
      let outcome = await outcome(of: story, daemon.processIdentifier.value)
      signal(SIGINT, SIG_IGN)
      await tidy()
      await daemon.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: .seconds(15))])
      return outcome
    }
    return try result.closureResult.get()
  }

  private func outcome<Found: Sendable>(
    of story: @escaping @Sendable () async throws -> Found, _ daemon: pid_t
  ) async -> Result<Found, any Error> {
    do {
      let found = try await Interruption.race {
        try await answer(daemon)
        return try await story()
      }
      return .success(found)
    } catch {
      return .failure(error)
    }
  }

  /// Waits until the daemon answers, for a minute at most.
  private func answer(_ daemon: pid_t) async throws {
    let client = CoveyClient(socket: place.socket)
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      do {
        _ = try await client.get(Routes.groups, as: ListView<GroupView>.self)
        return
      } catch let error as ErrorView where error.code == "unreachable" {
        guard Leftovers.isAlive(daemon) else { throw ended() }
        guard ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  private func ended() -> ErrorView {
    let log = FileManager.default.contents(atPath: place.log) ?? Data()
    let last = String(decoding: log, as: UTF8.self).split(separator: "\n").suffix(3)
    let words = last.isEmpty ? "" : ": " + last.joined(separator: " / ")
    return ErrorView(
      code: "unavailable", message: "coveyd ended before it answered\(words)", subject: "coveyd",
      hint: "see what is missing with: covey doctor")
  }
}
