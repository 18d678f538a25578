import CLibvirt
import Foundation

/// The one thread of the process that runs libvirt's event loop.
///
/// libvirt delivers events, keepalive answers and connection losses from this loop, and its
/// embedded driver cannot start a guest without it. It must be registered before the first
/// connection is opened, and it never ends: libvirt has no way to take the registration back.
enum EventLoop {
  /// Registers libvirt's default loop and starts its thread. Call once.
  static func start() throws(LibvirtError) {
    try check("virEventRegisterDefaultImpl", virEventRegisterDefaultImpl())
    BlockingThreads.detach(name: "libvirt-events") { turnForever() }
  }

  private static func turnForever() {
    while true {
      guard virEventRunDefaultImpl() < 0 else { continue }
      // A turn fails only when poll(2) does; without the pause that would burn a processor.
      Thread.sleep(forTimeInterval: 0.01)
    }
  }
}
