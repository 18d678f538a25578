import CLibvirt

/// A connection to one hypervisor: the way to its domains, statistics and events.
///
/// Safe to use from any task. Every call blocks a thread of the connection's own, never one of
/// Swift's pool, and throws `LibvirtError`; all of them throw `.connectionClosed` once the
/// connection is closed or has died. A dead connection never heals: open another and read
/// everything again. Two domains are equal only on the same connection.
public final class Connection: Sendable {
  /// The address given to `open`, for example `qemu:///system`.
  public let uri: String
  let core: ConnectionCore

  private init(uri: String, core: ConnectionCore) {
    self.uri = uri
    self.core = core
  }

  /// Closes in the background; use `close` to know when that is done.
  deinit { core.beginClosing() }

  /// Opens a connection, and libvirt's event loop before the first one.
  ///
  /// The embedded driver takes several seconds when its root folder is new, because it asks
  /// each emulator what it can do; it allows one process per root and one open connection
  /// per process.
  ///
  /// - Parameters:
  ///   - uri: a libvirt URI; empty means libvirt's own default.
  ///   - readOnly: refuse changes (`.operationDenied`); some drivers offer less then.
  ///   - lanes: threads for blocking calls; chosen by the URI when nil.
  /// - Throws: `.noConnect`, `.authenticationFailed`, or what the driver reports.
  /// - Note: `virConnectOpen`, `virConnectOpenReadOnly`.
  public static func open(
    _ uri: String, readOnly: Bool = false, lanes: LaneWidths? = nil
  ) async throws(LibvirtError) -> Connection {
    let widths = lanes ?? .suiting(uri)
    let control = BlockingThreads(name: "libvirt-ctl", width: widths.control)
    let jobs = BlockingThreads(name: "libvirt-job", width: widths.jobs)
    let core = try await jobs.run { () throws(LibvirtError) in
      try Library.prepare()
      let address = uri.isEmpty ? nil : uri
      let pointer =
        readOnly
        ? try check("virConnectOpenReadOnly", virConnectOpenReadOnly(address))
        : try check("virConnectOpen", virConnectOpen(address))
      let core = ConnectionCore(handle: .init(pointer: pointer), control: control, jobs: jobs)
      do throws(LibvirtError) {
        try core.watchForLoss()
      } catch {
        core.beginClosing()
        throw error
      }
      // Finds a daemon that has silently gone; drivers without a daemon refuse, and need it not.
      _ = virConnectSetKeepAlive(pointer, 5, 5)
      return core
    }
    return Connection(uri: uri, core: core)
  }

  /// Closes the connection once the calls that are running have ended.
  ///
  /// Calls that still wait are refused, event streams end with `.disconnected(.requested)`, and
  /// every callback has been freed when this returns. Guests keep running. Idempotent; not
  /// affected by cancellation. Throws what `virConnectClose` reports, which is next to never.
  public func close() async throws(LibvirtError) {
    if let error = await core.close() { throw error }
  }

  /// Runs one call on a lane.
  @discardableResult
  func run<Value: Sendable>(
    _ lane: Lane = .control, withdrawable: Bool = true,
    _ body: @escaping @Sendable (OpaquePointer) throws(LibvirtError) -> Value
  ) async throws(LibvirtError) -> Value {
    try await core.perform(on: lane, withdrawable: withdrawable, body)
  }
}
