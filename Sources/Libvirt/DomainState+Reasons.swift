extension DomainState {
  /// Why a domain runs (`virDomainRunningReason`).
  public enum RunningReason: Int32, Sendable, Hashable, CodedEnum {
    case unknown = 0
    case booted = 1
    case migrated = 2
    case restored = 3
    case fromSnapshot = 4
    case unpaused = 5
    case migrationCanceled = 6
    case saveCanceled = 7
    case wakeup = 8
    case crashed = 9
    case postcopy = 10
    case postcopyFailed = 11
  }

  /// Why a domain is paused (`virDomainPausedReason`).
  public enum PausedReason: Int32, Sendable, Hashable, CodedEnum {
    case unknown = 0
    case user = 1
    case migration = 2
    case save = 3
    case dump = 4
    case ioError = 5
    case watchdog = 6
    case fromSnapshot = 7
    case shuttingDown = 8
    case snapshot = 9
    case crashed = 10
    case startingUp = 11
    case postcopy = 12
    case postcopyFailed = 13
  }

  /// Why a domain is off (`virDomainShutoffReason`).
  public enum ShutOffReason: Int32, Sendable, Hashable, CodedEnum {
    case unknown = 0
    case shutdown = 1
    case destroyed = 2
    case crashed = 3
    case migrated = 4
    case saved = 5
    case failed = 6
    case fromSnapshot = 7
    case daemon = 8
  }

  /// Why a domain crashed (`virDomainCrashedReason`).
  public enum CrashedReason: Int32, Sendable, Hashable, CodedEnum {
    case unknown = 0
    case panicked = 1
  }
}
