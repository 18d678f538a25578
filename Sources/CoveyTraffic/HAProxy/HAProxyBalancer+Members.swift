import Covey

extension HAProxyBalancer {
  /// How long `leave` insists while HAProxy says that the member is still in use.
  static let removalPatience = Duration.seconds(5)

  /// Adds the member and sends it traffic from the next request on.
  ///
  /// Covey has just probed it, so it counts as healthy until three checks in a row fail. A member
  /// that is there and draining is made ready again; one that is there with another address is
  /// removed first, with what connections it has.
  ///
  /// - Throws: `.unavailable` when HAProxy does not answer; `.internal` when it refuses.
  public func enter(_ member: BalancedMember, in group: Name) async throws {
    try await turns.run(group) {
      let name = member.name
      if try await socket(of: group).ask(.add(member, to: group)) != Self.registered {
        // Refused, most likely because it is there.
        let present = try await server(name, in: group)
        if let present, present.member.endpoint == member.endpoint {
          if present.isReady, present.isUp { return }
        } else {
          if present != nil { try await remove(name, in: group) }
          try await perform([.add(member, to: group)], in: group)
        }
      }
      // Its checks come last: the first one should not meet the first request in the member.
      try await perform(
        [
          .set(.ready, name, of: group), .trustHealth(name, of: group),
          .enableHealth(name, of: group),
        ], in: group)
    }
  }

  /// HAProxy's answer to a member that is new to it.
  private static let registered = "New server registered."

  /// Sends the member no new request; those under way go on, and its checks too.
  ///
  /// Returns at once: `statistics` tells when its sessions have ended. Succeeds when the member is
  /// not there or already gets nothing, and when no HAProxy of the group's runs.
  ///
  /// - Throws: `.unavailable` when HAProxy runs but does not answer.
  public func drain(_ member: Name, in group: Name) async throws {
    try await turns.run(group) {
      try await whereOneRuns(group) {
        guard let present = try await server(member, in: group), present.isReady else { return }
        try await perform([.set(.drain, member, of: group)], in: group)
      }
    }
  }

  /// Removes the member, cutting the connections it has left. Succeeds when it is not there, and
  /// when no HAProxy of the group's runs.
  ///
  /// - Throws: `.unavailable` when HAProxy runs but does not answer; `.conflict` when after 5 s it
  ///   still says that the member is in use. The member gets no traffic then, and leaving may be
  ///   repeated.
  public func leave(_ member: Name, in group: Name) async throws {
    try await turns.run(group) {
      try await whereOneRuns(group) { try await remove(member, in: group) }
    }
  }

  /// Runs the body, whose silence from HAProxy is a failure only while a process of the group's
  /// is there. It is looked for afterwards, so that one that dies half-way counts as gone too.
  private func whereOneRuns(_ group: Name, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let problem as Problem where problem.code == .unavailable {
      let process = HAProxyProcess(BalancerFolder(root: root, group: group))
      let isGone = try await Blocking.run { try process.identifiers().isEmpty }
      guard isGone else { throw problem }
    }
  }

  private func remove(_ member: Name, in group: Name) async throws {
    guard try await server(member, in: group) != nil else { return }
    try await perform([.set(.maint, member, of: group)], in: group)
    let socket = socket(of: group)
    let deadline = ContinuousClock.now + Self.removalPatience
    while true {
      try await perform([.endSessions(member, of: group)], in: group)
      let answer = try await socket.ask(.delete(member, of: group))
      if answer.hasPrefix("Server deleted") || answer.hasPrefix("No such server") { return }
      guard ContinuousClock.now < deadline else {
        throw Problem(
          .conflict, subject: "member \(member)", "HAProxy does not let it go: \(answer)",
          hint: "it gets no traffic; try again")
      }
      try await pause(.milliseconds(10), "member \(member)")
    }
  }

  private func server(_ member: Name, in group: Name) async throws -> RunningServer? {
    let answer = try await socket(of: group).ask(.showServers(of: group))
    return try TrafficTable.servers(of: group, in: answer).first { $0.member.name == member }
  }

  /// Sends commands whose success HAProxy answers with nothing, or says in a sentence.
  func perform(_ commands: [RuntimeCommand], in group: Name) async throws {
    let answer = try await socket(of: group).ask(commands)
    guard answer.isEmpty || answer == Self.registered else {
      let line = commands.map(\.text).joined(separator: "; ")
      throw Problem(
        .internal, subject: "balancer \(group)",
        "HAProxy refuses \"\(line)\": \(answer)", hint: "open the balancer again")
    }
  }
}
