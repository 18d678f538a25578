import Foundation

/// Requests under way, each on a connection of its own, without blocking.
///
/// For one thread. The clock of a measurement is here, so it is plain sockets: nothing waits in a pool, and a
/// request that hangs does not keep the next one.
struct Attempts {
  /// An answer with its body, and when it was whole.
  struct Answer: Sendable {
    let status: Int
    let body: String
    let at: ContinuousClock.Instant
  }

  private struct Attempt {
    let descriptor: Int32
    let started: ContinuousClock.Instant
    var isSent = false
    var received: [UInt8] = []
  }

  let endpoint: Endpoint
  let path: String
  private var pending: [Attempt] = []

  init(endpoint: Endpoint, path: String) {
    (self.endpoint, self.path) = (endpoint, path)
  }

  var count: Int { pending.count }

  /// Begins one more request; one that cannot even begin counts as failed.
  mutating func start() {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = endpoint.port.bigEndian
    address.sin_addr.s_addr = inet_addr(endpoint.address)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 || errno == EINPROGRESS else {
      close(descriptor)
      return
    }
    pending.append(Attempt(descriptor: descriptor, started: .now))
  }

  /// Waits up to some milliseconds for the requests under way to get further.
  ///
  /// - Returns: the answers that became whole; failed requests and those older than `patience` are gone.
  mutating func advance(milliseconds: Int32, patience: Duration) -> [Answer] {
    var polled = pending.map {
      pollfd(
        fd: $0.descriptor, events: Int16($0.isSent ? POLLIN : POLLOUT), revents: 0)
    }
    // With nothing to wait for, it is a pause.
    poll(&polled, nfds_t(polled.count), milliseconds)
    var answers: [Answer] = []
    var kept: [Attempt] = []
    for (index, attempt) in pending.enumerated() {
      var attempt = attempt
      switch polled[index].revents == 0 ? .waits : step(&attempt) {
      case .waits where attempt.started.duration(to: .now) < patience: kept.append(attempt)
      case .waits, .failed: close(attempt.descriptor)
      case .answered(let answer):
        close(attempt.descriptor)
        answers.append(answer)
      }
    }
    pending = kept
    return answers
  }

  mutating func abandon() {
    for attempt in pending { close(attempt.descriptor) }
    pending = []
  }

  private enum Outcome {
    case waits
    case failed
    case answered(Answer)
  }

  private func step(_ attempt: inout Attempt) -> Outcome {
    guard attempt.isSent else {
      let request = "GET \(path) HTTP/1.1\r\nHost: \(endpoint.text)\r\nConnection: close\r\n\r\n"
      let bytes = Array(request.utf8)
      // A refused connection shows here.
      guard
        send(attempt.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
      else { return .failed }
      attempt.isSent = true
      return .waits
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(attempt.descriptor, &buffer, buffer.count, 0)
    if count > 0 {
      attempt.received += buffer[..<count]
      return .waits
    }
    if count < 0 { return errno == EAGAIN ? .waits : .failed }
    return Self.parse(attempt.received).map { .answered($0) } ?? .failed
  }

  /// Status and body of a whole answer; nil when it is none.
  static func parse(_ bytes: [UInt8]) -> Answer? {
    let text = String(decoding: bytes, as: UTF8.self)
    let words = text.prefix(64).split(separator: " ")
    guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1].prefix(3)),
      let end = text.firstRange(of: "\r\n\r\n")
    else { return nil }
    return Answer(status: status, body: String(text[end.upperBound...]), at: .now)
  }
}
