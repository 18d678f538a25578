/// What a domain is doing, and why (`virDomainGetState`).
public enum DomainState: Sendable, Hashable {
  /// The driver has no state for it.
  case none
  case running(RunningReason)
  /// Waiting for a resource; reported by few drivers.
  case blocked
  case paused(PausedReason)
  /// On its way down.
  case shuttingDown
  case shutOff(ShutOffReason)
  case crashed(CrashedReason)
  /// Asleep by its own power management.
  case sleeping
  /// A state newer than this binding.
  case unknown(Int32)

  init(state: Int32, reason: Int32) {
    switch state {
    case 0: self = .none
    case 1: self = .running(.init(code: reason))
    case 2: self = .blocked
    case 3: self = .paused(.init(code: reason))
    case 4: self = .shuttingDown
    case 5: self = .shutOff(.init(code: reason))
    case 6: self = .crashed(.init(code: reason))
    case 7: self = .sleeping
    default: self = .unknown(state)
    }
  }

  /// Whether a process of the hypervisor exists for it: everything but off and crashed.
  public var isActive: Bool {
    switch self {
    case .running, .blocked, .paused, .shuttingDown, .sleeping: return true
    case .none, .shutOff, .crashed, .unknown: return false
    }
  }
}

extension DomainState: CustomStringConvertible {
  /// For example `running (booted)`.
  public var description: String {
    switch self {
    case .none: return "none"
    case .running(let reason): return "running (\(reason))"
    case .blocked: return "blocked"
    case .paused(let reason): return "paused (\(reason))"
    case .shuttingDown: return "shutting down"
    case .shutOff(let reason): return "shut off (\(reason))"
    case .crashed(let reason): return "crashed (\(reason))"
    case .sleeping: return "sleeping"
    case .unknown(let state): return "state \(state)"
    }
  }
}
