import CoveyWire

/// One verb on several guests: all are looked up before the first is touched.
struct GuestBatch: Sendable {
  typealias Request = @Sendable (CoveyClient, _ path: String) async throws -> OperationView

  let verb: String
  let names: [String]
  let waiting: WaitOptions
  let dryRun: Bool

  /// - Throws: the one error, or one that names all guests that failed; the others are done all the same.
  func run(_ session: Session, _ request: Request) async throws {
    let deadline = waiting.deadline
    let guests = try await lookUp(session)
    if dryRun {
      let plan = ListView(revision: 0, items: guests)
      return try session.show(plan) { Self.plan(verb, guests) }
    }
    var failures: [(name: String, error: ErrorView)] = []
    var started: [OperationView] = []
    for guest in guests {
      do {
        let path = try ObjectPath.of(Routes.guests, guest.name)
        started.append(try await request(session.client, path))
      } catch let error as ErrorView where error.code != "unreachable" {
        failures.append((guest.name, error))
      }
    }
    if waiting.noWait {
      try session.showStarted(started)
    } else {
      try await finish(started, by: deadline, session, &failures)
    }
    if let error = Self.summary(verb, failures, of: guests.count) { throw error }
  }

  private func lookUp(_ session: Session) async throws -> [GuestView] {
    var guests: [GuestView] = []
    for name in names where !guests.contains(where: { $0.name == name }) {
      let path = try ObjectPath.of(Routes.guests, name)
      guests.append(try await session.client.get(path, as: InfoView<GuestView>.self).item)
    }
    return guests
  }

  private func finish(
    _ started: [OperationView], by deadline: ContinuousClock.Instant, _ session: Session,
    _ failures: inout [(name: String, error: ErrorView)]
  ) async throws {
    var done: [OperationView] = []
    for operation in started {
      do {
        done.append(try await session.finish(operation, by: deadline))
      } catch let error as ErrorView {
        let name = operation.subject.split(separator: " ").last.map(String.init)
        failures.append((name ?? operation.subject, error))
      }
    }
    guard !done.isEmpty else { return }
    try session.show(session.listed(done)) { done.map(OperationText.outcome).joined() }
  }

  /// What a dry run says: `would delete one (running) with its persistent disk`.
  static func plan(_ verb: String, _ guests: [GuestView]) -> String {
    guests.map { guest in
      let losesDisk = verb == "delete" && guest.disk == DiskChoice.persistent.rawValue
      let disk = losesDisk ? " with its persistent disk" : ""
      return "would \(verb) \(guest.name) (\(guest.state))\(disk)\n"
    }.joined()
  }

  /// One error for all; nil when there was none.
  static func summary(
    _ verb: String, _ failures: [(name: String, error: ErrorView)], of count: Int
  ) -> ErrorView? {
    guard var error = failures.first?.error else { return nil }
    if failures.count > 1 {
      let parts = failures.map { "\($0.name): \($0.error.message)" }.joined(separator: "; ")
      error.message = "\(verb) failed for \(failures.count) of \(count) guests: \(parts)"
      error.subject = failures.map(\.name).joined(separator: " ")
    }
    return error
  }
}
