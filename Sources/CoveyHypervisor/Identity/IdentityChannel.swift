import Covey
import Foundation
import Glibc
import Synchronization

/// A conversation over the unix socket that QEMU listens on for the guest's virtio-serial port.
///
/// QEMU serves one client at a time, and takes the next one when that has left.
struct IdentityChannel: Sendable {
  /// The port's name in the guest.
  static let port = "org.covey.identity.0"

  /// Between two tries to connect.
  private static let tryEvery: Duration = .milliseconds(2)
  /// After at most this time a waiting thread notices that nobody waits for it any more.
  private static let noticeWithin: Duration = .milliseconds(100)

  let path: String
  let guest: Guest

  /// Sends the request and waits for its reply, on a thread of its own.
  func ask(_ request: IdentityRequest, within limit: Duration) async throws -> IdentityReply {
    let isCancelled = Flag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let thread = Thread {
          continuation.resume(
            with: Result { try converse(request, within: limit, unless: isCancelled) })
        }
        thread.name = "identity"
        thread.start()
      }
    } onCancel: {
      isCancelled.raise()
    }
  }

  /// Blocks. A connection that ends early is followed by another: the machine may have just been started.
  private func converse(_ request: IdentityRequest, within limit: Duration, unless cancelled: Flag)
    throws -> IdentityReply
  {
    let start = ContinuousClock.now
    var obstacle = "nobody listens on \(path)"
    while ContinuousClock.now < start + limit {
      if cancelled.isRaised { throw CancellationError() }
      if let socket = try LocalSocket.connect(to: path) {
        defer { close(socket) }
        let current = request.later(by: ContinuousClock.now - start)
        if let reply = try exchange(current, socket, until: start + limit, unless: cancelled) {
          return reply
        }
        obstacle = "no whole reply came over \(path)"
      }
      usleep(UInt32(Self.tryEvery.milliseconds * 1000))
    }
    throw Problem.silent(guest, after: limit, obstacle)
  }

  /// Nil when the other side closed before its reply was whole, or the time is up.
  private func exchange(
    _ request: IdentityRequest, _ socket: Int32, until deadline: ContinuousClock.Instant,
    unless cancelled: Flag
  ) throws -> IdentityReply? {
    var unsent = Array(request.text.utf8)[...]
    var reader = IdentityReplyReader(for: request)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let events = POLLIN | (unsent.isEmpty ? 0 : POLLOUT)
      guard
        let ready = try wait(for: Int16(events), on: socket, until: deadline, unless: cancelled)
      else { return nil }
      if ready & Int16(POLLOUT) != 0, !unsent.isEmpty {
        // MSG_NOSIGNAL: a machine that ends must not end covey.
        let count = unsent.withUnsafeBytes {
          Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0, errno == EPIPE || errno == ECONNRESET { return nil }
        unsent = unsent.dropFirst(max(0, count))
      }
      guard ready & Int16(POLLIN | POLLHUP | POLLERR) != 0 else { continue }
      let count = recv(socket, &buffer, buffer.count, 0)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
      guard count > 0 else { continue }
      do throws(IdentityReplyReader.Malformed) {
        if let reply = try reader.take(buffer[..<count]) { return reply }
      } catch {
        throw Problem.garbled(guest, error.line)
      }
    }
  }

  /// Which of the events came; nil when the time is up.
  private func wait(
    for events: Int16, on socket: Int32, until deadline: ContinuousClock.Instant,
    unless cancelled: Flag
  ) throws -> Int16? {
    while true {
      if cancelled.isRaised { throw CancellationError() }
      let left = deadline - ContinuousClock.now
      guard left > .zero else { return nil }
      var state = pollfd(fd: socket, events: events, revents: 0)
      let span = min(left, Self.noticeWithin).milliseconds
      if poll(&state, 1, Int32(max(1, span))) > 0 { return state.revents }
    }
  }
}

/// Raised once, from any thread.
private final class Flag: Sendable {
  private let state = Mutex(false)
  var isRaised: Bool { state.withLock { $0 } }
  func raise() { state.withLock { $0 = true } }
}
