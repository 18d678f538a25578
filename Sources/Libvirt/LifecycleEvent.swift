/// One step in a domain's life, with what is known about the cause (`virDomainEventType`).
public enum LifecycleEvent: Sendable, Hashable {
  /// It has a persistent definition, or another one.
  case defined(Defined)
  /// Its persistent definition is gone.
  case undefined(Undefined)
  /// It began to run.
  case started(Started)
  /// It was paused.
  case suspended(Suspended)
  /// It runs again.
  case resumed(Resumed)
  /// It no longer runs.
  case stopped(Stopped)
  /// Its operating system shuts down or has done so; `stopped` follows.
  case shutDown(ShutDown)
  /// It put itself to sleep.
  case slept(Slept)
  /// Its operating system crashed.
  case crashed(Crashed)
  /// An event newer than this binding.
  case unknown(event: Int32, detail: Int32)

  init(event: Int32, detail: Int32) {
    switch event {
    case 0: self = .defined(.init(code: detail))
    case 1: self = .undefined(.init(code: detail))
    case 2: self = .started(.init(code: detail))
    case 3: self = .suspended(.init(code: detail))
    case 4: self = .resumed(.init(code: detail))
    case 5: self = .stopped(.init(code: detail))
    case 6: self = .shutDown(.init(code: detail))
    case 7: self = .slept(.init(code: detail))
    case 8: self = .crashed(.init(code: detail))
    default: self = .unknown(event: event, detail: detail)
    }
  }
}

extension LifecycleEvent: CustomStringConvertible {
  /// For example `started (booted)`.
  public var description: String {
    switch self {
    case .defined(let detail): return "defined (\(detail))"
    case .undefined(let detail): return "undefined (\(detail))"
    case .started(let detail): return "started (\(detail))"
    case .suspended(let detail): return "suspended (\(detail))"
    case .resumed(let detail): return "resumed (\(detail))"
    case .stopped(let detail): return "stopped (\(detail))"
    case .shutDown(let detail): return "shut down (\(detail))"
    case .slept(let detail): return "slept (\(detail))"
    case .crashed(let detail): return "crashed (\(detail))"
    case .unknown(let event, let detail): return "event \(event) (\(detail))"
    }
  }
}
