import CLibvirt
import Dispatch
import Synchronization

/// The callbacks of one connection: registered with its first stream, taken back when it closes.
final class EventRegistration: Sendable {
  private let callbacks = Mutex<[Int32]?>(nil)
  private let released = DispatchGroup()

  /// Registers every kind of event that the driver knows, unless that has been done.
  ///
  /// Blocks; threads that come at the same time wait for the first. Throws when not even
  /// lifecycle events are known.
  func register(_ hub: EventHub, on connection: OpaquePointer) throws(LibvirtError) {
    try callbacks.withLock { callbacks throws(LibvirtError) in
      guard callbacks == nil else { return }
      var registered: [Int32] = []
      for kind in Callbacks.registrations {
        let sink = EventSink(hub: hub, released: released).retainForC()
        let callback = virConnectDomainEventRegisterAny(
          connection, nil, kind.id, kind.function, sink, Callbacks.freeSink)
        if callback >= 0 {
          registered.append(callback)
          continue
        }
        let error = LibvirtError.last("virConnectDomainEventRegisterAny")
        // libvirt frees only what it has accepted.
        EventSink.release(sink)
        // Lifecycle comes first, so nothing has to be taken back.
        if registered.isEmpty { throw error }
      }
      callbacks = registered
    }
  }

  /// Takes all callbacks back. They may still be running until `waitForRelease` returns.
  func deregister(from connection: OpaquePointer) {
    let registered = callbacks.withLock { callbacks in
      defer { callbacks = [] }
      return callbacks ?? []
    }
    for callback in registered {
      // Fails only for a callback that libvirt no longer knows, which is what is wanted.
      _ = virConnectDomainEventDeregisterAny(connection, callback)
    }
  }

  /// Waits until libvirt has let go of every sink: callbacks that were being delivered are
  /// freed by the event thread a moment after they were taken back.
  ///
  /// - Returns: false when ten seconds were not enough.
  func waitForRelease() -> Bool { released.wait(timeout: .now() + .seconds(10)) == .success }
}
