extension LifecycleEvent {
  /// How a definition came about (`virDomainEventDefinedDetailType`).
  public enum Defined: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case added = 0
    case updated = 1
    case renamed = 2
    case fromSnapshot = 3
  }

  /// How a definition went away (`virDomainEventUndefinedDetailType`).
  public enum Undefined: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case removed = 0
    case renamed = 1
  }

  /// How a domain started (`virDomainEventStartedDetailType`).
  public enum Started: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case booted = 0
    case migrated = 1
    case restored = 2
    case fromSnapshot = 3
    case wakeup = 4
  }

  /// Why a domain was paused (`virDomainEventSuspendedDetailType`).
  public enum Suspended: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case paused = 0
    case migrated = 1
    case ioError = 2
    case watchdog = 3
    case restored = 4
    case fromSnapshot = 5
    case apiError = 6
    case postcopy = 7
    case postcopyFailed = 8
  }

  /// Why a domain went on (`virDomainEventResumedDetailType`).
  public enum Resumed: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case unpaused = 0
    case migrated = 1
    case fromSnapshot = 2
    case postcopy = 3
    case postcopyFailed = 4
  }

  /// How a domain stopped (`virDomainEventStoppedDetailType`).
  public enum Stopped: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case shutdown = 0
    case destroyed = 1
    case crashed = 2
    case migrated = 3
    case saved = 4
    case failed = 5
    case fromSnapshot = 6
  }

  /// Who asked the guest to shut down (`virDomainEventShutdownDetailType`).
  public enum ShutDown: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case finished = 0
    case guest = 1
    case host = 2
  }

  /// Where a sleeping guest keeps its memory (`virDomainEventPMSuspendedDetailType`).
  public enum Slept: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case memory = 0
    case disk = 1
  }

  /// What a crash left behind (`virDomainEventCrashedDetailType`).
  public enum Crashed: Int32, Sendable, Hashable, CodedEnum {
    case unknown = -1
    case panicked = 0
    case crashLoaded = 1
  }
}
