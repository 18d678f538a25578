/// Something that happened to a domain, or to the stream that reports it.
///
/// A hint, not a truth: by the time it is read the domain may be in another state.
public enum DomainEvent: Sendable, Hashable {
  /// The domain was defined, started, paused, stopped and so on.
  case lifecycle(Domain, LifecycleEvent)
  /// The guest restarted itself.
  case reboot(Domain)
  /// The guest moved its clock; `offset` is its distance from UTC.
  case clockChanged(Domain, offset: Duration)
  /// The watchdog of the guest expired.
  case watchdog(Domain, WatchdogAction)
  /// A disk could not be read or written.
  case ioError(Domain, DiskError)
  /// The balloon reached another size.
  case balloonChanged(Domain, bytes: UInt64)
  /// A long operation on a disk ended, failed or is ready to be completed.
  case blockJob(Domain, BlockJobEvent)
  /// A device was plugged in.
  case deviceAdded(Domain, alias: String)
  /// The guest let go of a device.
  case deviceRemoved(Domain, alias: String)
  /// The guest refused to let go of a device.
  case deviceRemovalFailed(Domain, alias: String)
  /// The guest agent appeared or disappeared.
  case agentLifecycle(Domain, AgentLifecycle)
  /// A migration began another pass over the memory, counted from 1.
  case migrationIteration(Domain, Int)
  /// A migration, save or backup ended; the values are those of `virDomainGetJobStats`.
  case jobCompleted(Domain, [String: TypedValue])
  /// Metadata changed: an element's namespace, or nil for title and description.
  case metadataChanged(Domain, uri: String?)
  /// A disk's image grew past the threshold that was set; `excess` in bytes beyond it.
  case blockThreshold(Domain, device: String, threshold: UInt64, excess: UInt64)
  /// So many events were dropped here because the reader was too slow: read everything again.
  case missed(Int)
  /// The connection ended; the last element of the stream.
  case disconnected(ClosureReason)

  /// The domain that the event is about; nil for those about the stream.
  public var domain: Domain? {
    switch self {
    case .lifecycle(let domain, _), .reboot(let domain), .clockChanged(let domain, _),
      .watchdog(let domain, _), .ioError(let domain, _), .balloonChanged(let domain, _),
      .blockJob(let domain, _), .deviceAdded(let domain, _), .deviceRemoved(let domain, _),
      .deviceRemovalFailed(let domain, _), .agentLifecycle(let domain, _),
      .migrationIteration(let domain, _), .jobCompleted(let domain, _),
      .metadataChanged(let domain, _), .blockThreshold(let domain, _, _, _):
      return domain
    case .missed, .disconnected:
      return nil
    }
  }
}

extension DomainEvent: CustomStringConvertible {
  /// One line: the domain's name, a colon and what happened.
  public var description: String {
    guard let domain else { return what }
    return "\(domain.name): \(what)"
  }

  private var what: String {
    switch self {
    case .lifecycle(_, let change): return change.description
    case .reboot: return "reboot"
    case .clockChanged(_, let offset): return "clock changed (offset \(offset))"
    case .watchdog(_, let action): return "watchdog (\(action))"
    case .ioError(_, let error): return "I/O error on \(error.path) (\(error.action))"
    case .balloonChanged(_, let bytes): return "balloon changed (\(bytes) bytes)"
    case .blockJob(_, let job): return "block job on \(job.disk) (\(job.kind), \(job.status))"
    case .deviceAdded(_, let alias): return "device added (\(alias))"
    case .deviceRemoved(_, let alias): return "device removed (\(alias))"
    case .deviceRemovalFailed(_, let alias): return "device removal failed (\(alias))"
    case .agentLifecycle(_, let change): return "agent \(change.state) (\(change.reason))"
    case .migrationIteration(_, let number): return "migration iteration (\(number))"
    case .jobCompleted: return "job completed"
    case .metadataChanged(_, let uri): return "metadata changed (\(uri ?? "title or description"))"
    case .blockThreshold(_, let device, let threshold, _):
      return "block threshold on \(device) (\(threshold) bytes)"
    case .missed(let count): return "missed \(count) events"
    case .disconnected(let reason): return "disconnected (\(reason))"
    }
  }
}
