import CLibvirt
import Dispatch
import Synchronization

/// The part of a connection that outlives the public object: the handle and what depends on it.
///
///     open ──lost──> lost ──┐
///       └──────close────────┴──> closing ──> closed
///
/// Calls are admitted only while open and are counted; closing waits for the count to reach
/// zero, so no handle is ever freed under a running call.
final class ConnectionCore: Sendable {
  /// libvirt documents a connection pointer as safe to use from any thread; the importer cannot
  /// know that, and this is the only place that says so.
  struct Handle: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private enum Phase { case open, lost, closing, closed }

  private struct State {
    var phase = Phase.open
    var watch: UInt?
    var waiters: [CheckedContinuation<LibvirtError?, Never>] = []
    var leftover: Int32?
  }

  let handle: Handle
  private let control: BlockingThreads
  private let jobs: BlockingThreads
  private let state = Mutex(State())
  private let calls = DispatchGroup()
  let hub = EventHub()
  let events = EventRegistration()

  init(handle: Handle, control: BlockingThreads, jobs: BlockingThreads) {
    self.handle = handle
    self.control = control
    self.jobs = jobs
  }

  /// References that remained on the handle when it was closed: 0 is right, nil before that.
  var leftover: Int32? { state.withLock { $0.leftover } }

  /// Runs one call with the handle on a lane's thread.
  func perform<Value: Sendable>(
    on lane: Lane, withdrawable: Bool,
    _ body: @escaping @Sendable (OpaquePointer) throws(LibvirtError) -> Value
  ) async throws(LibvirtError) -> Value {
    let threads = lane == .control ? control : jobs
    return try await threads.run(withdrawable: withdrawable) { () throws(LibvirtError) in
      guard self.enter() else {
        throw LibvirtError(
          code: .connectionClosed, message: "the connection is closed", function: "Connection")
      }
      defer { self.calls.leave() }
      do throws(LibvirtError) {
        return try body(self.handle.pointer)
      } catch {
        // A cut connection fails with whatever the wire said; callers need to know the cause.
        throw virConnectIsAlive(self.handle.pointer) == 0
          ? error.recoded(.connectionClosed) : error
      }
    }
  }

  private func enter() -> Bool {
    state.withLock { state in
      guard state.phase == .open else { return false }
      calls.enter()
      return true
    }
  }
}

// MARK: The end

extension ConnectionCore {
  /// Asks libvirt to say when the connection dies. Drivers without a daemon never will.
  func watchForLoss() throws(LibvirtError) {
    let key = ClosureWatch.add(self)
    state.withLock { $0.watch = key }
    try check(
      "virConnectRegisterCloseCallback",
      virConnectRegisterCloseCallback(
        handle.pointer, Callbacks.closed, UnsafeMutableRawPointer(bitPattern: key), nil))
  }

  /// The connection has died: refuse calls and end the streams. Runs on the event thread.
  func lost(_ reason: ClosureReason) {
    let isNews = state.withLock { state in
      guard state.phase == .open else { return false }
      state.phase = .lost
      return true
    }
    if isNews { hub.finish(reason) }
  }

  /// Closes once, whoever asks; later callers wait for the first. Ignores cancellation.
  func close() async -> LibvirtError? {
    await withCheckedContinuation { continuation in
      let phase = state.withLock { state in
        if state.phase != .closed { state.waiters.append(continuation) }
        return state.phase
      }
      if phase == .closed { continuation.resume(returning: nil) } else { beginClosing() }
    }
  }

  /// Starts closing on a thread of its own, so that neither a lane full of stuck calls nor a
  /// `deinit` has to wait.
  func beginClosing() {
    let begins = state.withLock { state in
      guard state.phase == .open || state.phase == .lost else { return false }
      state.phase = .closing
      return true
    }
    if begins { BlockingThreads.detach(name: "libvirt-close") { self.closeNow() } }
  }

  private func closeNow() {
    calls.wait()
    events.deregister(from: handle.pointer)
    hub.finish(.requested)
    let watch = state.withLock { $0.watch }
    if let watch {
      _ = virConnectUnregisterCloseCallback(handle.pointer, Callbacks.closed)
      ClosureWatch.remove(watch)
    }
    let status = virConnectClose(handle.pointer)
    let error = status < 0 ? LibvirtError.last("virConnectClose") : nil
    _ = events.waitForRelease()
    let waiters = state.withLock { state in
      state.phase = .closed
      state.leftover = status
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: error) }
  }
}
