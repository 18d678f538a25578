import ArgumentParser
import CoveyWire
import Foundation

/// `covey demo`: the main job from nothing to nothing, in a private place.
struct DemoCommand: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show a group of guests grow and shrink with its load, and tidy up.",
    discussion: """
      Starts a daemon of its own on a private state folder under /tmp, builds the template tiny-web, makes a \
      group of 1 to 4 guests behind a balancer, drives load through it with wrk, and removes everything at the \
      end. Takes at most 3 minutes. Exits 0 only if the group grew to 3, shrank to 1, and no request failed.

      Example:
        covey demo --listen 127.0.0.1:18080
      """)

  @Option(help: "The folder of the template.", completion: .directory)
  var template = "./templates/tiny-web"
  @Option(help: "Where the balancer listens, ADDRESS:PORT.") var listen = "127.0.0.1:8080"
  @Option(help: "Connections that wrk keeps busy.") var connections = 8
  @Option(help: "How long the load lasts at most.") var load = Span(.seconds(75))
  @OptionGroup var common: CommonOptions

  var endsItself: Bool { true }

  func validate() throws {
    if !(1...64).contains(connections) { throw ValidationError("--connections must be 1 to 64") }
    if !(5...300).contains(load.seconds) { throw ValidationError("--load must be 5s to 5m") }
    if common.format != .table { throw ValidationError("the demo writes for people only") }
  }

  func act(_ session: Session) async throws {
    let tools = try DemoTools.find(template: template, listen: listen)
    let place = try DemoPlace.make()
    let screen = session.screen
    do {
      let common = try CommonOptions.parse(["--socket", place.socket])
      let story = DemoStory(
        session: Session(common, on: screen, environment: session.environment), tools: tools,
        place: place, listen: listen, connections: connections, load: load)
      let findings = try await DemoDaemon(tools: tools, place: place).run(screen) {
        try await story.run()
      } tidy: {
        await story.tidy()
      }
      screen.out(DemoText.summary(findings, listen: listen, session.style))
      let missed = findings.missed
      guard missed.isEmpty else { throw DemoText.failure(missed) }
      await place.remove(screen, keepingLog: false)
    } catch {
      await place.remove(screen, keepingLog: !(error is Interrupted))
      throw error
    }
  }
}
