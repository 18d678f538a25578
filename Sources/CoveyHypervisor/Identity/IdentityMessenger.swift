import Covey
import CoveyEngine
import Libvirt

/// Tells running guests who they are. `docs/identity.md` has the words, and both ways by which they go.
struct IdentityMessenger: Sendable {
  let files: GuestFolder
  let time: any TimeSource

  /// Sends a request and waits for the guest's reply; what the way loses is sent again until the time is up.
  ///
  /// Blocks no thread of the cooperative pool. The guest must run.
  ///
  /// - `domain`: the guest's machine.
  /// - Throws: `Problem`: `.deadline` without a whole reply in time, `.unavailable` when the guest failed at a key or says
  ///   what is no reply, `.unsupported` when it does not know a key; `CancellationError`.
  func send(
    _ request: IdentityRequest, to guest: Guest, by carrier: IdentityCarrier, domain: Domain,
    within limit: Duration
  ) async throws {
    switch carrier {
    case .channel: try await sendByChannel(request, to: guest, within: limit)
    case .agent:
      let agent = IdentityAgent(domain: domain, guest: guest, time: time)
      try judge(await agent.ask(request, within: limit), of: request, to: guest)
    }
  }

  func sendByChannel(_ request: IdentityRequest, to guest: Guest, within limit: Duration)
    async throws
  {
    let channel = IdentityChannel(path: files.identity(of: guest.name), guest: guest)
    try judge(await channel.ask(request, within: limit), of: request, to: guest)
  }

  private func judge(_ reply: IdentityReply, of request: IdentityRequest, to guest: Guest) throws {
    if let problem = reply.problem(for: request, to: guest) { throw problem }
  }
}

extension Problem {
  /// A guest that did not answer in time.
  ///
  /// - `last`: the last obstacle.
  static func silent(_ guest: Guest, after limit: Duration, _ last: String) -> Problem {
    Problem(
      .deadline, subject: "guest \(guest.name)",
      "guest \"\(guest.name)\" was told who it is and did not answer within \(limit.text): \(last)",
      hint: "see: covey logs \(guest.name), and covey template lint \(guest.template)")
  }

  /// A guest that answers something else than a reply.
  static func garbled(_ guest: Guest, _ line: String) -> Problem {
    Problem(
      .unavailable, subject: "guest \(guest.name)",
      "guest \"\(guest.name)\" was told who it is and answered what is no reply: \(line.debugDescription)",
      hint:
        "build the template \(guest.template) again, so that it gets this covey's identity program")
  }
}
