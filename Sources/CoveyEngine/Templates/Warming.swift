import Covey

/// Boots a template once and makes a warm set of it.
struct Warming: Sendable {
  let ports: Ports

  /// A machine that used less than this share of its processors over `settleLook` has done what follows a boot.
  static let restingShare = 0.1
  static let settleLook: Duration = .seconds(1)
  /// Some machines never rest; they are saved as they are then.
  static let settleAtMost: Duration = .seconds(30)
  /// Requests that the template serves before it is saved: what they read and compute is then in every fork.
  static let requests = 3

  /// - Returns: the sealed set; nothing else is left.
  /// - Throws: `Problem`, with nothing left.
  func run(_ plan: WarmRequest.Plan, report: @escaping @Sendable (String) -> Void) async throws
    -> WarmSet
  {
    let machine = plan.machine
    do {
      report("booting the template")
      let begin = ports.time.now()
      try await ports.warmth.boot(machine, from: plan.template)
      report("waiting for its health check")
      try await HealthWait(ports: ports).wait(
        for: machine, within: machine.health.within,
        hint: "look how it boots: covey launch NAME --template \(plan.template.name) --boot"
      ) { await ports.warmth.consoleTail(of: machine, lines: $0) }
      let bootTime = ports.time.now() - begin
      report("rehearsing what forks are told")
      try await ports.warmth.rehearse(machine, of: plan.template)
      // Last, so that what a new name makes others do is over, and what an answer takes is fresh.
      report("letting it serve and come to rest")
      try await serve(machine)
      try await rest(machine)
      return try await ports.warmth.seal(
        machine, of: plan.template, bootTime: bootTime, at: ports.time.now(), report: report)
    } catch {
      try await sheltered { await ports.warmth.abandon(machine) }
      throw error
    }
  }

  private func serve(_ machine: Guest) async throws {
    for _ in 1...Self.requests {
      let failure = await GuestCheck(ports: ports).failure(
        of: machine, within: HealthWait.longestTry)
      guard let failure else { continue }
      throw Problem(
        .unavailable, subject: "template \(machine.template)",
        "template \"\(machine.template)\" answered once and then no more: \(failure)",
        hint: "mend what it serves, build it again and make it warm again")
    }
  }

  private func rest(_ machine: Guest) async throws {
    let deadline = ports.time.now() + Self.settleAtMost
    var (before, at) = (try await ports.warmth.cpuTime(of: machine), ports.time.now())
    while ports.time.now() < deadline {
      try await ports.time.sleep(for: Self.settleLook)
      let (used, now) = (try await ports.warmth.cpuTime(of: machine), ports.time.now())
      let share =
        (used - before).inSeconds / (now - at).inSeconds / Double(machine.machine.cpus)
      if share < Self.restingShare { return }
      (before, at) = (used, now)
    }
  }
}
