import Covey

/// Waits until a machine answers its health check.
struct HealthWait: Sendable {
  let ports: Ports

  /// How long a look waits before the next; forks answer at once, machines that boot are looked at less often.
  static let lookEvery: ClosedRange<Duration> = .milliseconds(5)...(.milliseconds(50))
  /// QEMU takes a connection before its guest can, so that an early try hangs: most tries are short. Every fourth is
  /// long, for guests that are slow to answer.
  static let shortTry: Duration = .milliseconds(250)
  static let longTry: Duration = .seconds(2)

  /// - `tail`: the last lines of the machine's console, for the problem's words.
  /// - `hint`: what to do when it does not answer.
  /// - Throws: `Problem` with `.deadline`, or `.internal` when the machine ended meanwhile.
  func wait(
    for guest: Guest, within: Duration, hint: String, tail: (Int) async -> [String]
  ) async throws {
    guard let endpoint = guest.endpoint(of: guest.health.port) else { return }
    let deadline = ports.time.now() + within
    var looks = 0
    var failure = "nothing was asked yet"
    while ports.time.now() < deadline {
      let isLong = looks % 4 == 3
      let limit = min(isLong ? Self.longTry : Self.shortTry, deadline - ports.time.now())
      let answer = await ports.probe.failure(of: endpoint, path: guest.health.path, within: limit)
      guard let answer else { return }
      failure = answer
      looks += 1
      if looks.isMultiple(of: 10), try await !ports.hypervisor.isRunning(guest) {
        let why = "its machine ended while covey waited for it"
        throw Self.unhealthy(guest, .internal, why, hint, await tail(3))
      }
      let pause = min(Self.lookEvery.lowerBound * (1 << min(looks, 10)), Self.lookEvery.upperBound)
      try await ports.time.sleep(for: pause)
    }
    let why = "http://\(endpoint)\(guest.health.path) did not answer in \(within.text): \(failure)"
    throw Self.unhealthy(guest, .deadline, why, hint, await tail(3))
  }

  private static func unhealthy(
    _ guest: Guest, _ code: Problem.Code, _ reason: String, _ hint: String, _ tail: [String]
  ) -> Problem {
    let console =
      tail.isEmpty
      ? "its console shows nothing" : "its console ends with: \(tail.joined(separator: " | "))"
    return Problem(
      code, subject: "guest \(guest.name)", "guest \"\(guest.name)\": \(reason); \(console)",
      hint: hint)
  }
}
