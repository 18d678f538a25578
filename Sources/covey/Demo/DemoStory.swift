import CoveyWire
import Foundation
import Subprocess

/// What the demo does once its daemon answers.
struct DemoStory: Sendable {
  static let group = "web"

  let session: Session
  let tools: DemoTools
  let place: DemoPlace
  let listen: String
  let connections: Int
  let load: Span
  /// The promise is three minutes for everything; the phases share what is left of it.
  let began = ContinuousClock.now

  private var screen: Screen { session.screen }
  private var url: String { "http://\(listen)/cgi-bin/work" }

  func run() async throws -> DemoFindings {
    let template = (tools.folder as NSString).lastPathComponent
    try await covey(["template", "build", tools.folder])
    try await covey(
      ["group", "create", Self.group, "--template", template, "--min", "1", "--max", "4"]
        + ["--port", "80", "--listen", listen, "--cpu-above", "40", "--cpu-below", "18"]
        + ["--for", "2s", "--cooldown", "3s", "--timeout", "90s"])
    var watch = try await GroupFollower(name: Self.group, session: session)
    var findings = DemoFindings(start: watch.frame.group)
    findings.wrk = try await underLoad(&watch, &findings)
    try await untilSmall(&watch, &findings)
    let path = "\(Routes.groups)/\(Self.group)/rounds"
    let rounds: ListView<RoundView> = try await session.client.get(path, ["limit": "1000"])
    findings.rounds = rounds.items
    return findings
  }

  /// Removes the group; the daemon and what is left end with the folder.
  func tidy() async {
    do {
      try await covey(["group", "delete", Self.group, "--timeout", "45s"])
    } catch let error as ErrorView where error.code == "not-found" || error.code == "unreachable" {
      return
    } catch {
      screen.err(Failure(error).text(as: .table))
    }
  }

  /// Runs a command of covey, shown as a user would type it.
  private func covey(_ arguments: [String]) async throws {
    screen.out("$ covey \(arguments.joined(separator: " "))\n")
    let parsed = try CoveyCommand.parseAsRoot(arguments)
    guard let verb = parsed as? any CoveyVerb else { return }
    try await verb.act(session)
  }

  private func underLoad(_ watch: inout GroupFollower, _ findings: inout DemoFindings)
    async throws -> WrkReport
  {
    let rest = Int(began.duration(to: .now).seconds.distance(to: 105))
    let seconds = max(20, min(Int(load.seconds), rest))
    let arguments = ["-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "30s", url]
    screen.out("$ wrk \(arguments.joined(separator: " "))\n")
    var options = PlatformOptions()
    options.processGroupID = 0
    let offered = "offered load: \(Units.count(connections, "connection"))"
    let result = try await Subprocess.run(
      .path(.init(tools.wrk)), arguments: .init(arguments), platformOptions: options,
      input: .none, output: .string(limit: 1 << 16), error: .combinedWithOutput
    ) { wrk in
      let id = wrk.processIdentifier.value
      try await follow(&watch, &findings, offered: offered) { findings in
        findings.servedByThree >= 6 || !Leftovers.isAlive(id)
      }
      if Leftovers.isAlive(id) { try wrk.send(signal: .interrupt) }
    }
    return try WrkReport(result.standardOutput)
  }

  private func untilSmall(_ watch: inout GroupFollower, _ findings: inout DemoFindings)
    async throws
  {
    let deadline = max(began + .seconds(160), .now + .seconds(20))
    try await follow(&watch, &findings, offered: "offered load: none") { findings in
      findings.isBackToOne || ContinuousClock.now >= deadline
    }
  }

  /// Shows the group each second and takes note of what it does, until the condition holds.
  private func follow(
    _ watch: inout GroupFollower, _ findings: inout DemoFindings, offered: String,
    until isOver: (DemoFindings) -> Bool
  ) async throws {
    var view = WatchView(isLive: screen.outIsTerminal, style: session.style, heartbeat: 5)
    if !screen.outIsTerminal { screen.out("\(offered)\n") }
    while true {
      let news = try await watch.look()
      findings.note(watch.frame.group)
      let size = screen.size()
      screen.out(
        view.show(
          watch.frame, news: news, extra: [offered, ""], columns: size.columns, rows: size.rows))
      if isOver(findings) { return }
      try await watch.rest()
    }
  }
}
