import ArgumentParser
import CoveyWire

/// `covey wait`: returns when a guest is in a state.
struct GuestWaitCommand: CoveyVerb {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Wait until a guest is in a state.",
    discussion: """
      Without --for it waits until nothing is under way and the guest runs, serves or is stopped; a guest \
      that failed ends the wait with exit status 1 and the reason.

      Example:
        covey wait one --for running --timeout 60s
      """)

  @Argument(help: "The guest's name.") var name: String
  @Option(
    name: .customLong("for"), parsing: .upToNextOption,
    help: "States to wait for: running, serving, stopped, gone or any other; the first ends it.")
  var goals: [String] = []
  @Option(help: "How long to wait, such as 90s or 5m; then exit 75.")
  var timeout: Span = Span(.seconds(600))
  @OptionGroup var common: CommonOptions

  func validate() throws {
    for goal in wanted where !GuestWait.states.contains(goal) {
      let known = GuestWait.states.sorted().joined(separator: ", ")
      throw ValidationError("'\(goal)' is no state of a guest; there are: \(known)")
    }
  }

  private var wanted: Set<String> {
    Set(goals.flatMap { $0.split(separator: ",").map(String.init) })
  }

  func act(_ session: Session) async throws {
    let deadline = ContinuousClock.now + timeout.duration
    _ = try ObjectPath.of(Routes.guests, name)
    let wait = GuestWait(name: name, goals: wanted)
    guard let guest = try await wait.run(session, by: deadline) else {
      return session.remark("\(name) is gone")
    }
    try session.show(InfoView(guest)) { "\(guest.name) is \(guest.state)\n" }
  }
}
