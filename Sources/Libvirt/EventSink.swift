import CLibvirt
import Dispatch
import Synchronization

/// What libvirt holds for one registered callback: the way into a connection's hub.
///
/// Retained for C when a callback is registered and released by libvirt's free callback, so it
/// lives exactly as long as libvirt may call it. `released` lets a closing connection wait
/// until the last one is gone.
final class EventSink: Sendable {
  private static let living = Atomic<Int>(0)

  /// Sinks that libvirt holds at this moment, in the whole process: 0 once everything is closed.
  static var count: Int { living.load(ordering: .acquiring) }

  private let hub: EventHub
  private let released: DispatchGroup

  init(hub: EventHub, released: DispatchGroup) {
    self.hub = hub
    self.released = released
    released.enter()
    Self.living.add(1, ordering: .acquiringAndReleasing)
  }

  deinit {
    Self.living.subtract(1, ordering: .acquiringAndReleasing)
    released.leave()
  }

  /// Copies what identifies the domain and passes the event on. Runs on the event thread.
  func push(_ domain: OpaquePointer?, _ make: @escaping @Sendable (Domain) -> DomainEvent) {
    guard let domain, let (uuid, name) = Domain.identity(of: domain) else { return }
    hub.push { connection in
      make(Domain(connection: connection, uuid: uuid, name: name))
    }
  }

  /// The pointer for C, with one reference that `release` gives back.
  func retainForC() -> UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

  static func from(_ opaque: UnsafeMutableRawPointer?) -> EventSink? {
    opaque.map { Unmanaged<EventSink>.fromOpaque($0).takeUnretainedValue() }
  }

  static func release(_ opaque: UnsafeMutableRawPointer?) {
    guard let opaque else { return }
    Unmanaged<EventSink>.fromOpaque(opaque).release()
  }
}
