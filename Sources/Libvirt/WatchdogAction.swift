/// What the hypervisor did when a watchdog expired (`virDomainEventWatchdogAction`).
public enum WatchdogAction: Int32, Sendable, Hashable, CodedEnum {
  case unknown = -1
  case none = 0
  case pause = 1
  case reset = 2
  case powerOff = 3
  case shutdown = 4
  case debug = 5
  case injectNMI = 6
}
