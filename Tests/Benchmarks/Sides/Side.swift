/// One way to get a web server that answers, measured from the call to the first 200.
protocol Side: Sendable {
  var kind: SideKind { get }

  /// Makes everything ready for the next call; not measured.
  func prepare() async throws

  /// Makes the call and waits for the first page.
  func start() async throws -> Start

  /// Takes back what `start` made; not measured, and may be repeated.
  func end() async throws
}

/// One start: how long it took, and its steps where they are known.
struct Start: Sendable {
  let span: Duration
  var steps: [Step] = []
}

/// A part of a start.
struct Step: Hashable, Sendable {
  let name: String
  let milliseconds: Double
}

/// The sides by their names in reports.
enum SideKind: String, CaseIterable, Codable, Hashable, Sendable {
  case fork, standby, cold, clone, restore, podman

  /// What the table of the report calls it.
  var title: String {
    switch self {
    case .fork: "covey fork"
    case .standby: "covey standby"
    case .cold: "cold `virsh start`"
    case .clone: "`virt-clone` + `virsh start`"
    case .restore: "`virsh restore`"
    case .podman: "`podman run`"
    }
  }
}

/// The clock of every side.
enum Clock {
  /// Makes the call and watches for the page at the same time.
  ///
  /// - Parameters:
  ///   - call: what a user would type; it may take longer than the page.
  ///   - page: returns when the page had arrived.
  /// - Returns: from before the call to the page.
  /// - Throws: what either throws; the other one is cancelled then.
  static func time(
    _ call: @escaping @Sendable () async throws -> Void,
    until page: @escaping @Sendable () async throws -> ContinuousClock.Instant
  ) async throws -> Start {
    try await withThrowingTaskGroup(of: ContinuousClock.Instant?.self) { group in
      let began = ContinuousClock.now
      group.addTask {
        try await call()
        return nil
      }
      group.addTask { try await page() }
      var arrived: ContinuousClock.Instant?
      do {
        for try await instant in group { arrived = instant ?? arrived }
      } catch {
        group.cancelAll()
        throw error
      }
      guard let arrived else { throw CancellationError() }
      return Start(span: began.duration(to: arrived))
    }
  }
}
