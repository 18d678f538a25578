import CLibvirt

extension Connection {
  /// What happens to the domains from now on.
  ///
  /// The stream holds the connection and ends, after `.disconnected`, when the connection is
  /// closed or dies. It never slows libvirt down: events that a slow reader leaves no room for
  /// are dropped, and a `.missed` in their place says how many. Events are hints, delivered at
  /// most once: read the state before acting, and read everything after `.missed`.
  ///
  /// - Parameter capacity: events kept for the reader, at least 1.
  /// - Throws: `.noSupport` by drivers without events. Kinds of events that a driver does not
  ///   know are left out.
  /// - Note: `virConnectDomainEventRegisterAny`, once per kind of event.
  public func domainEvents(capacity: Int = 4096) async throws(LibvirtError) -> DomainEvents {
    let buffer = EventBuffer(capacity: capacity)
    let core = self.core
    let key = try await run { connection throws(LibvirtError) in
      let callbacks = try Self.register(buffer, with: core, on: connection)
      return core.add(EventStreamRecord(buffer: buffer, callbacks: callbacks))
    }
    return DomainEvents(
      connection: self, subscription: Subscription(core: core, key: key, buffer: buffer))
  }

  private static func register(
    _ buffer: EventBuffer, with core: ConnectionCore, on connection: OpaquePointer
  ) throws(LibvirtError) -> [Int32] {
    var callbacks: [Int32] = []
    for registration in Callbacks.registrations {
      let sink = EventSink(buffer: buffer, released: core.sinks).retainForC()
      let callback = virConnectDomainEventRegisterAny(
        connection, nil, registration.kind, registration.function, sink, Callbacks.freeSink)
      if callback >= 0 {
        callbacks.append(callback)
        continue
      }
      let error = LibvirtError.last("virConnectDomainEventRegisterAny")
      // libvirt frees only what it has accepted.
      EventSink.release(sink)
      if registration.kind != Int32(VIR_DOMAIN_EVENT_ID_LIFECYCLE.rawValue) { continue }
      throw error
    }
    return callbacks
  }
}
