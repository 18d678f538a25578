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
  /// - Note: `virConnectDomainEventRegisterAny`, once per connection and kind of event.
  public func domainEvents(capacity: Int = 4096) async throws(LibvirtError) -> DomainEvents {
    let core = self.core
    try await run { connection throws(LibvirtError) in
      try core.events.register(core.hub, on: connection)
    }
    return DomainEvents(
      connection: self, subscription: Subscription(hub: core.hub, capacity: capacity))
  }
}
