// Libvirt: libvirt's C API as typed Swift.
//
//   Connection ── run ──> BlockingThreads (control lane, jobs lane) ──> vir* calls
//       │                                                                  │
//       └── domainEvents() <── EventBuffer <── EventSink <── Callbacks <── EventLoop
//
// The room holds connections, domains, their statistics and events, what becomes of their disks and
// memory, and storage pools. It must never know what its callers build on it: no names, policies,
// paths or XML of theirs. It alone imports CLibvirt.

import CLibvirt

/// What has to happen once per process before the first connection is opened.
///
/// `virInitialize` also runs implicitly, but asking for it here turns a failure into an error
/// of its own. The default printer writes every error to standard error; errors are values
/// here, so the printer is replaced by one that does nothing. The setting is process-wide.
enum Library {
  private static let outcome: LibvirtError? = {
    do throws(LibvirtError) {
      try check("virInitialize", virInitialize())
      Callbacks.silenceErrorPrinter()
      try EventLoop.start()
      return nil
    } catch {
      return error
    }
  }()

  /// Runs the preparation on the first call and repeats its outcome on every later one.
  static func prepare() throws(LibvirtError) {
    if let outcome { throw outcome }
  }
}
