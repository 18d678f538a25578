/// Waits for a quiet machine before something is measured.
struct Quiet: Sendable {
  /// Processors that others may keep busy while something is measured.
  static let allowed = 0.3

  /// How long to wait for others to leave the machine alone; none means not to wait for them.
  let forOthers: Duration

  /// Returns when our own guests have come to rest and others have left the machine alone, or when the time is up:
  /// what disturbs after all shows in the measurement's own load.
  func wait() async throws {
    var before = HostLoad.now()
    let began = before.at
    while began.duration(to: before.at) < .seconds(10) + forOthers {
      try await Task.sleep(for: .milliseconds(333))
      let now = HostLoad.now()
      let foreign = now.foreign(since: before)
      let isResting = now.total(since: before) - foreign < Self.allowed
      let isAlone = foreign < Self.allowed || began.duration(to: now.at) > forOthers
      if isResting, isAlone { return }
      before = now
    }
  }
}
