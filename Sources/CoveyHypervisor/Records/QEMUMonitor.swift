import Covey
import Foundation
import Glibc

/// QEMU's monitor of one machine, spoken to while libvirt does not: it serves one at a time.
///
/// Blocks; an answer that takes longer than five seconds is a failure. Source: QEMU's QMP specification.
final class QEMUMonitor {
  private static let patience: Duration = .seconds(5)
  private let path: String
  private let socket: Int32
  private var unread: [UInt8] = []

  /// Nil when no machine listens there.
  init?(at path: String) throws {
    guard let socket = try LocalSocket.connect(to: path) else { return nil }
    (self.path, self.socket) = (path, socket)
    _ = try readLine(until: ContinuousClock.now + Self.patience)  // the greeting
    try tell("qmp_capabilities")
  }

  deinit { close(socket) }

  /// A command that QEMU refused.
  struct Refusal: Error, Decodable {
    let desc: String
  }

  /// Asks for something.
  ///
  /// - Throws: `Refusal`, or `Problem` when no answer comes.
  func ask<Answer: Decodable>(
    _ command: String, _ arguments: [String: Argument] = [:], as: Answer.Type = Answer.self
  ) throws -> Answer {
    let line = try JSONEncoder().encode(Command(execute: command, arguments: arguments))
    let deadline = ContinuousClock.now + Self.patience
    try send(Array(line) + [UInt8(ascii: "\n")], until: deadline)
    while true {
      let reply = try JSONDecoder().decode(
        Reply<Answer>.self, from: Data(readLine(until: deadline)))
      if let refusal = reply.error { throw refusal }
      if let answer = reply.return { return answer }
      // An event.
    }
  }

  func tell(_ command: String, _ arguments: [String: Argument] = [:]) throws {
    _ = try ask(command, arguments, as: Empty.self)
  }

  enum Argument: Encodable {
    case text(String)
    case flag(Bool)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .flag(let flag): try container.encode(flag)
      }
    }
  }

  private struct Empty: Decodable {}

  private struct Command: Encodable {
    let execute: String
    let arguments: [String: Argument]
  }

  private struct Reply<Answer: Decodable>: Decodable {
    let `return`: Answer?
    let error: Refusal?
  }

  private func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      try wait(for: POLLOUT, until: deadline)
      // MSG_NOSIGNAL: a machine that ends must not end covey.
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw silent }
      rest = rest.dropFirst(count)
    }
  }

  private func readLine(until deadline: ContinuousClock.Instant) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var searched = 0
    while true {
      if let end = unread[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeFirst(end + 1) }
        return Array(unread[..<end])
      }
      searched = unread.count
      try wait(for: POLLIN, until: deadline)
      let count = read(socket, &buffer, buffer.count)
      guard count > 0 else { throw silent }
      unread += buffer.prefix(count)
    }
  }

  private func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws {
    var waited = pollfd(fd: socket, events: Int16(event), revents: 0)
    while true {
      let left = (deadline - ContinuousClock.now).milliseconds
      guard left > 0 else { throw silent }
      let count = poll(&waited, 1, Int32(clamping: left))
      if count > 0 { return }
      guard count == 0 || errno == EINTR else { throw silent }
    }
  }

  private var silent: Problem {
    Problem(
      .unavailable, subject: path, "QEMU does not answer at \(path)",
      hint: "see QEMU's own words in the log folder of libvirt")
  }
}

// What QEMU does with its images.
extension QEMUMonitor {
  struct Job: Decodable {
    let id: String
    let status: String

    var isOver: Bool { status == "concluded" }
  }

  func jobs() throws -> [Job] { try ask("query-jobs") }

  func graph() throws -> BlockGraph {
    BlockGraph(
      links: try ask("x-debug-query-block-graph"),
      images: try ask("query-named-block-nodes", ["flat": .flag(true)]))
  }
}
