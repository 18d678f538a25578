/// Where a guest is in its life. Any state has a way out, and `delete --force` always ends.
///
/// ```
/// defined -> starting -> running -> serving -> draining -> stopping -> stopped -> (starting | gone)
///                 \         \          \           \           \-> failed -> (starting | gone)
/// ```
public enum GuestState: String, Hashable, Sendable, Codable, CaseIterable {
  /// It has a disk and a definition, and was never started.
  case defined
  /// Its machine is being started, or runs and has not answered its health check yet.
  case starting
  /// It answered its health check.
  case running
  /// The balancer sends it traffic.
  case serving
  /// Out of the balancer; its connections are ending.
  case draining
  /// Kept paused, ready to resume.
  case standby
  /// QEMU holds it, since there is no room for what it writes to its disk. It goes on where it was once there is some.
  case held
  case stopping
  case stopped
  /// Something went wrong; `Guest.reason` says what.
  case failed
  /// The hypervisor could not be asked.
  case unknown

  /// Whether its machine is meant to exist in the hypervisor right now.
  public var hasMachine: Bool {
    switch self {
    case .starting, .running, .serving, .draining, .standby, .held, .stopping: true
    case .defined, .stopped, .failed, .unknown: false
    }
  }

  /// Whether a machine may write to its disk: that of a guest that failed may have been left running.
  var mayHaveMachine: Bool { hasMachine || self == .failed }
}
