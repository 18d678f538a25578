/// Waits for a quiet machine before something is measured.
enum Quiet {
  /// Processors that others may keep busy while something is measured.
  static let allowed = 0.3

  /// Returns when hardly anything has run for a third of a second, or when the time is up: guests of our own may
  /// have something left to do, and disturbance by others shows in the measurement's own load.
  static func wait(upTo span: Duration = .seconds(10)) async throws {
    let end = ContinuousClock.now + span
    var before = HostLoad.now()
    while ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(333))
      let now = HostLoad.now()
      if now.total(since: before) < allowed { return }
      before = now
    }
  }
}
