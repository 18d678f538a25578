import Foundation

/// Watches how long a dead member is still sent traffic, by HAProxy and by name.
struct AbsenceWatch: Sendable {
  static let patience = Duration.seconds(60)

  let member: String
  let address: String
  let group: String
  /// The HAProxy that may have the group.
  let sockets: [String]
  let question: NameQuestion?

  /// - Parameter death: kills the member; its return is the beginning.
  /// - Returns: milliseconds until HAProxy did not have it up, and until no answer had its address.
  /// - Throws: `Trouble` when it is still there after a minute.
  func times(_ death: @escaping @Sendable () -> Void) async throws -> [TrafficSteps.Figure] {
    try await OwnThread.run { mood in
      guard isInHAProxy else { throw Trouble("HAProxy does not have \(member) in the beginning") }
      let wasNamed = question?.ask()?.contains(address) ?? false
      death()
      let began = ContinuousClock.now
      var found: [String: Double] = [:]
      while !mood.isCancelled {
        let elapsed = began.duration(to: .now)
        if found["HAProxy"] == nil, !isInHAProxy { found["HAProxy"] = elapsed.milliseconds }
        if wasNamed, found["DNS"] == nil, let named = question?.ask(), !named.contains(address) {
          found["DNS"] = elapsed.milliseconds
        }
        if found.count == (wasNamed ? 2 : 1) {
          return found.map { .init(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
        }
        guard elapsed < Self.patience else {
          throw Trouble("\(member) is still sent traffic: it left \(found.keys.sorted()) alone")
        }
        usleep(2_000)
      }
      throw CancellationError()
    }
  }

  private var isInHAProxy: Bool {
    sockets.contains {
      BalancerTable.members(in: AdminSocket.ask("show servers state \(group)", at: $0))
        .contains(member)
    }
  }
}
