import Covey

/// Waits until a machine answers its health check.
struct HealthWait: Sendable {
  let ports: Ports

  /// Between a try that failed and the next one; forks answer at once, machines that boot are asked less often.
  static let tryEvery: ClosedRange<Duration> = .milliseconds(5)...(.milliseconds(50))
  /// QEMU takes a connection before its guest can, so that an early try hangs. Another one begins beside it after this
  /// time, and the early one goes on, for guests that are slow to answer.
  static let besideAfter: Duration = .milliseconds(400)
  static let longestTry: Duration = .seconds(2)
  /// How often it is seen whether the machine still runs.
  static let lookEvery: Duration = .seconds(1)
  /// Lines of a console in which firmware's words are looked for, and those that a user reads.
  private static let (linesRead, linesShown, columnsShown) = (12, 3, 120)

  /// - `tail`: the last lines of the machine's console, for the problem's words.
  /// - `hint`: what to do when it does not answer.
  /// - Throws: `Problem` with `.deadline`, or `.internal` when the machine ended meanwhile.
  func wait(
    for guest: Guest, within: Duration, hint: String, tail: (Int) async -> [String]
  ) async throws {
    guard guest.health.isAsked else { return }
    let failure = try await ask(guest, until: ports.time.now() + within)
    switch failure {
    case nil: return
    case .ended:
      let why = "its machine ended while covey waited for it"
      throw Self.unhealthy(guest, .internal, why, hint, await tail(Self.linesRead))
    case .silent(let last):
      let why = "\(GuestCheck.question(to: guest)) did not answer in \(within.text): \(last)"
      throw Self.unhealthy(guest, .deadline, why, hint, await tail(Self.linesRead))
    }
  }

  private enum Failure {
    case ended
    case silent(last: String)
  }

  /// What may come next; tries are numbered.
  private enum Turn: Sendable {
    case answered
    /// `isCut`: the deadline came before the try could say more.
    case failed(Int, String, isCut: Bool)
    case hangs(Int)
    case look
  }

  private func ask(_ guest: Guest, until deadline: Timestamp) async throws -> Failure? {
    try await withThrowingTaskGroup(of: Turn.self) { turns in
      defer { turns.cancelAll() }
      var (latest, last) = (0, String?.none)
      func begin(after pause: Duration) {
        latest += 1
        let number = latest
        turns.addTask {
          try await ports.time.sleep(for: pause)
          return try await self.try(number, guest, until: deadline)
        }
        turns.addTask {
          try await ports.time.sleep(for: pause + Self.besideAfter)
          return .hangs(number)
        }
      }
      func look() {
        turns.addTask {
          try await ports.time.sleep(for: Self.lookEvery)
          return .look
        }
      }
      begin(after: .zero)
      look()
      while ports.time.now() < deadline, let turn = try await turns.next() {
        switch turn {
        case .answered: return nil
        case .failed(let number, let reason, let isCut):
          if last == nil || !isCut { last = reason }
          if number == latest { begin(after: Self.pause(after: number)) }
        case .hangs(let number): if number == latest { begin(after: .zero) }
        case .look:
          guard try await ports.hypervisor.isRunning(guest) else { return .ended }
          look()
        }
      }
      return .silent(last: last ?? "nothing was asked yet")
    }
  }

  private func `try`(_ number: Int, _ guest: Guest, until deadline: Timestamp) async throws -> Turn
  {
    let limit = min(Self.longestTry, deadline - ports.time.now())
    guard limit > .zero else { return .failed(number, "the time is up", isCut: true) }
    let failure = await GuestCheck(ports: ports).failure(of: guest, within: limit)
    let isCut = ports.time.now() >= deadline
    return failure.map { .failed(number, $0, isCut: isCut) } ?? .answered
  }

  private static func pause(after tries: Int) -> Duration {
    min(tryEvery.lowerBound * (1 << min(tries, 10)), tryEvery.upperBound)
  }

  private static func unhealthy(
    _ guest: Guest, _ code: Problem.Code, _ reason: String, _ hint: String, _ tail: [String]
  ) -> Problem {
    let console =
      tail.isEmpty
      ? "its console shows nothing"
      : "its console ends with: \(tail.suffix(linesShown).map { $0.prefix(columnsShown) }.joined(separator: " | "))"
    return Problem(
      code, subject: "guest \(guest.name)", "guest \"\(guest.name)\": \(reason); \(console)",
      hint: guest.firmware?.hint(after: tail) ?? hint)
  }
}
