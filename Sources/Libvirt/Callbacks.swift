import CLibvirt

/// Every function that C may call, in one place.
///
/// They are static and belong to no actor: a closure written where an actor's isolation is
/// inferred would check that isolation on libvirt's thread and abort. They copy values out,
/// because a domain pointer is valid only during the callback, and they never call back into
/// libvirt beyond reading that domain's name and UUID.
enum Callbacks {
  typealias Opaque = UnsafeMutableRawPointer?
  typealias Text = UnsafePointer<CChar>?

  /// One kind of event and the function for it, in the type that registration asks for.
  struct Registration: Sendable {
    let id: Int32
    let function: virConnectDomainEventGenericCallback
  }

  static func silenceErrorPrinter() {
    virSetErrorFunc(nil) { _, _ in }
  }

  static let freeSink: virFreeCallback = { EventSink.release($0) }

  static let closed: virConnectCloseFunc = { _, reason, opaque in
    ClosureWatch.fire(opaque, ClosureReason(code: reason))
  }

  /// All domain events that the binding understands; lifecycle comes first.
  static var registrations: [Registration] {
    [
      generic(VIR_DOMAIN_EVENT_ID_LIFECYCLE, lifecycle),
      generic(VIR_DOMAIN_EVENT_ID_REBOOT, reboot),
      generic(VIR_DOMAIN_EVENT_ID_RTC_CHANGE, clock),
      generic(VIR_DOMAIN_EVENT_ID_WATCHDOG, watchdog),
      generic(VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, ioError),
      generic(VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, balloon),
      generic(VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, blockJob),
      generic(VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, deviceAdded),
      generic(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, deviceRemoved),
      generic(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED, deviceRemovalFailed),
      generic(VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, agent),
      generic(VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, migrationIteration),
      generic(VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, jobCompleted),
      generic(VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, metadata),
      generic(VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD, blockThreshold),
    ]
  }

  /// libvirt takes every callback under the generic type and casts it back by the event's kind.
  private static func generic<Function>(
    _ kind: virDomainEventID, _ function: Function
  ) -> Registration {
    Registration(
      id: Int32(kind.rawValue),
      function: unsafeBitCast(function, to: virConnectDomainEventGenericCallback.self))
  }

  private static let lifecycle: virConnectDomainEventCallback = { _, domain, event, detail, sink in
    let change = LifecycleEvent(event: event, detail: detail)
    EventSink.from(sink)?.push(domain) { .lifecycle($0, change) }
    return 0
  }

  private static let reboot: virConnectDomainEventGenericCallback = { _, domain, sink in
    EventSink.from(sink)?.push(domain) { .reboot($0) }
  }

  private static let clock: virConnectDomainEventRTCChangeCallback = { _, domain, offset, sink in
    EventSink.from(sink)?.push(domain) { .clockChanged($0, offset: .seconds(offset)) }
  }

  private static let watchdog: virConnectDomainEventWatchdogCallback = { _, domain, action, sink in
    let action = WatchdogAction(code: action)
    EventSink.from(sink)?.push(domain) { .watchdog($0, action) }
  }

  private static let ioError: virConnectDomainEventIOErrorReasonCallback = {
    _, domain, path, alias, action, reason, sink in
    let error = DiskError(
      path: text(path), alias: text(alias), action: .init(code: action), reason: text(reason))
    EventSink.from(sink)?.push(domain) { .ioError($0, error) }
  }

  private static let balloon: virConnectDomainEventBalloonChangeCallback = {
    _, domain, kibibytes, sink in
    EventSink.from(sink)?.push(domain) { .balloonChanged($0, bytes: kibibytes << 10) }
  }

  private static let blockJob: virConnectDomainEventBlockJobCallback = {
    _, domain, disk, kind, status, sink in
    let job = BlockJobEvent(
      disk: text(disk), kind: .init(code: kind), status: .init(code: status))
    EventSink.from(sink)?.push(domain) { .blockJob($0, job) }
  }

  private static let deviceAdded: virConnectDomainEventDeviceAddedCallback = {
    _, domain, alias, sink in
    let alias = text(alias)
    EventSink.from(sink)?.push(domain) { .deviceAdded($0, alias: alias) }
  }

  private static let deviceRemoved: virConnectDomainEventDeviceRemovedCallback = {
    _, domain, alias, sink in
    let alias = text(alias)
    EventSink.from(sink)?.push(domain) { .deviceRemoved($0, alias: alias) }
  }

  private static let deviceRemovalFailed: virConnectDomainEventDeviceRemovalFailedCallback = {
    _, domain, alias, sink in
    let alias = text(alias)
    EventSink.from(sink)?.push(domain) { .deviceRemovalFailed($0, alias: alias) }
  }

  private static let agent: virConnectDomainEventAgentLifecycleCallback = {
    _, domain, state, reason, sink in
    let change = AgentLifecycle(state: .init(code: state), reason: .init(code: reason))
    EventSink.from(sink)?.push(domain) { .agentLifecycle($0, change) }
  }

  private static let migrationIteration: virConnectDomainEventMigrationIterationCallback = {
    _, domain, iteration, sink in
    EventSink.from(sink)?.push(domain) { .migrationIteration($0, Int(iteration)) }
  }

  private static let jobCompleted: virConnectDomainEventJobCompletedCallback = {
    _, domain, parameters, count, sink in
    let values = TypedValue.dictionary(parameters, count)
    EventSink.from(sink)?.push(domain) { .jobCompleted($0, values) }
  }

  private static let metadata: virConnectDomainEventMetadataChangeCallback = {
    _, domain, _, uri, sink in
    let uri = uri.map { String(cString: $0) }
    EventSink.from(sink)?.push(domain) { .metadataChanged($0, uri: uri) }
  }

  private static let blockThreshold: virConnectDomainEventBlockThresholdCallback = {
    _, domain, device, _, threshold, excess, sink in
    let device = text(device)
    EventSink.from(sink)?.push(domain) {
      .blockThreshold($0, device: device, threshold: threshold, excess: excess)
    }
  }

  private static func text(_ pointer: Text) -> String { pointer.map { String(cString: $0) } ?? "" }
}
