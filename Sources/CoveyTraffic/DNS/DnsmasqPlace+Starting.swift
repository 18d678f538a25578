import Covey

extension DnsmasqPlace {
  /// The system takes away the sockets of a process that was killed some milliseconds after its command line.
  private static let portPatience: Duration = .seconds(1)

  /// A process of this folder's that is told what is wanted: the one that is known, one that an earlier daemon left, or a
  /// new one. Others of this folder's are ended.
  ///
  /// - Returns: it, and whether it is new, so that it has read what the file holds now.
  func ensured(_ known: Running?) async throws -> (running: Running, isFresh: Bool) {
    if let known, try await Blocking.run({ isAlive(known) }) { return (known, false) }
    let kept = try await Blocking.run {
      try processes().first { $0.arguments == arguments(at: listen ?? $0.listen) }
    }
    try await end(besides: kept)
    if let kept { return (kept, false) }
    return (try await started(), true)
  }

  private func started() async throws -> Running {
    let program = try await Blocking.run { try self.program() }
    let endpoint = try await beganAt(program)
    let wanted = arguments(at: endpoint)
    return try await Blocking.run {
      try remember(endpoint)
      guard let new = try processes().first(where: { $0.arguments == wanted }) else {
        throw Problem(
          .unavailable, subject: "dns", "dnsmasq ended as soon as it had started",
          hint: "see \(log)")
      }
      return new
    }
  }

  /// Starts the program where it may answer. A port that was free may be another's by then, who looked at the same moment:
  /// where none is prescribed, the next one will do.
  private func beganAt(_ program: String) async throws -> Endpoint {
    let deadline = ContinuousClock.now + Self.portPatience
    var taken: Set<Endpoint> = []
    while true {
      let endpoint = try await endpoint(besides: taken, patientUntil: deadline)
      do {
        try await run(program, arguments(at: endpoint).words)
        return endpoint
      } catch let problem as Problem where problem.code == .inUse && listen == nil {
        taken.insert(endpoint)
      }
    }
  }

  /// Gives the endpoint that it had, or is told, some time to become free, and takes another only then.
  private func endpoint(
    besides taken: Set<Endpoint>, patientUntil deadline: ContinuousClock.Instant
  ) async throws -> Endpoint {
    let preferred = try await Blocking.run { preferredEndpoint() }
    while let preferred, !taken.contains(preferred), ContinuousClock.now < deadline {
      do {
        try await Blocking.run { try check(preferred) }
        return preferred
      } catch let problem as Problem where problem.code == .inUse {
        try await Task.sleep(for: .milliseconds(50))
      } catch {
        break  // as of an address that the host has no more
      }
    }
    return try await Blocking.run { try freeEndpoint(besides: taken) }
  }

  /// - Throws: `.unavailable` when there is none that this user may execute.
  func program() throws -> String {
    try ProgramCall.find("dnsmasq", at: programName, package: "dnsmasq-base", subject: "dns")
  }

  /// Starts it as a daemon; it listens when this returns.
  private func run(_ program: String, _ arguments: [String]) async throws {
    let call = ProgramCall(words: [program] + arguments, subject: "dns")
    let (succeeded, said) = try await call.run()
    guard !succeeded else { return }
    let words = said.split(separator: "\n").last.map(String.init) ?? "it says nothing"
    throw Problem(
      words.contains("in use") ? .inUse : .unavailable, subject: "dns",
      "dnsmasq does not start: \(words)", hint: "try it by hand: \(program) --test")
  }
}
